/** The engine, for every component that asks it something. */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Session } from "../engine/api.ts";
import type { EngineClient } from "../engine/connect.ts";

export const EngineContext = createContext<EngineClient | undefined>(undefined);

/** The engine of this page. */
export function useEngine(): EngineClient {
  const engine = useContext(EngineContext);
  if (!engine) throw new Error("there is no engine around this component");
  return engine;
}

/** How it stands with this browser's device, live. */
export function useSession(): Session {
  const engine = useEngine();
  return useSyncExternalStore(engine.watch, engine.session);
}
