import { useEffect, useState, useSyncExternalStore } from "react";
import type { Device } from "../device/link.ts";
import { type Nats, type NatsState, natsUrl, openNats } from "./nats.ts";

/** The connection of a device, open while whoever asks for it is on the page. */
export function useNats(device: Device): NatsState {
  const [nats, setNats] = useState<Nats>();
  useEffect(() => {
    const opened = openNats(device, natsUrl(document.baseURI));
    setNats(opened);
    return () => opened.close();
  }, [device]);
  return useSyncExternalStore(nats?.watch ?? never, nats?.state ?? nothingYet);
}

const looking: NatsState = { state: "looking", since: Date.now() };
const nothingYet = (): NatsState => looking;
const never = () => () => undefined;
