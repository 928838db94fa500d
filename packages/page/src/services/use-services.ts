import { useEffect, useRef, useState } from "react";
import { useEngine, useSession } from "../app/engine-context.ts";
import { lookOn, type Seen } from "./look.ts";

/** What the services say, as long as there is a connection; what was seen last while there is none. */
export function useServices(): Seen {
  const engine = useEngine();
  const connected = useSession().state === "connected";
  const [seen, setSeen] = useState<Seen>({ state: "waiting" });
  const last = useRef(seen);
  useEffect(() => {
    if (!connected) return undefined;
    const stop = new AbortController();
    const tell = (next: Seen) => {
      last.current = next;
      setSeen(next);
    };
    void lookOn(engine, last.current, tell, stop.signal);
    return () => stop.abort();
  }, [engine, connected]);
  return seen;
}
