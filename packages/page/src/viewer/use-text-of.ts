import { useCallback, useEffect, useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import type { ViewProps } from "./view-props.ts";
import { isCancelled } from "../engine/engine-error.ts";
import { lookAt } from "../media/look-at.ts";
import { readAhead } from "../media/read-ahead.ts";

/** As much of a text as is shown at once. */
export const mostShown = 1_000_000;

export type TextOf =
  | { readonly state: "waiting" }
  | { readonly state: "failed"; readonly error: unknown; readonly again: () => void }
  | { readonly state: "there"; readonly text: string; readonly shortened: boolean };

/** The beginning of a file, as text: UTF-8, and what is none of it by its replacement sign. */
export function useTextOf({ address, file }: ViewProps): TextOf {
  const engine = useEngine();
  const [held, setHeld] = useState<TextOf>({ state: "waiting" });
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => {
    setHeld({ state: "waiting" });
    setTurn((before) => before + 1);
  }, []);
  useEffect(() => {
    const stop = new AbortController();
    const { size } = file;
    const decoder = new TextDecoder();
    const read = lookAt(engine, { address, ...file });
    const all = async () => {
      let text = "";
      const parts = readAhead(read, { start: 0, end: Math.min(size, mostShown), signal: stop.signal });
      for await (const part of parts) text += decoder.decode(part, { stream: true });
      setHeld({ state: "there", text, shortened: size > mostShown });
    };
    all().catch((error: unknown) => {
      if (!isCancelled(error) && !stop.signal.aborted) setHeld({ state: "failed", error, again });
    });
    return () => stop.abort();
  }, [engine, address, file, turn, again]);
  return held;
}
