import { useEffect, useRef, useState } from "react";
import type { NatsState } from "../nats/nats.ts";
import { lookOn, type Seen } from "./look.ts";

/** What the services say, as long as there is a connection; what was seen last while there is none. */
export function useServices(nats: NatsState): Seen {
  const [seen, setSeen] = useState<Seen>({ state: "waiting" });
  const last = useRef(seen);
  const connection = nats.state === "connected" ? nats.connection : undefined;
  useEffect(() => {
    if (!connection) return undefined;
    const stop = new AbortController();
    const tell = (next: Seen) => {
      last.current = next;
      setSeen(next);
    };
    void lookOn(connection, last.current, tell, stop.signal);
    return () => stop.abort();
  }, [connection]);
  return seen;
}
