/** A question that a view stands on: asked when there is a connection, and again whenever a hint says that it may differ. */
import type { FeedNotice } from "@natster/contracts/library";
import { useCallback, useEffect, useRef, useState } from "react";
import { EngineError, isCancelled, type Trouble } from "../engine/engine-error.ts";
import type { EngineClient } from "../engine/connect.ts";
import { useEngine, useSession } from "./engine-context.ts";

export type Answer<T> =
  | { readonly state: "waiting" }
  | { readonly state: "there"; readonly value: T }
  | { readonly state: "failed"; readonly error: EngineError };

/** What is asked, and when again. */
export interface Asked<T> {
  /** Tells one question from another: a new key forgets the old answer. */
  readonly key: string;
  readonly ask: (engine: EngineClient) => Promise<T>;
  /** Whether a hint of the feed concerns it. */
  readonly concerns?: (notice: FeedNotice) => boolean;
}

/** What ends by itself: services come back later than nats-server does. */
const passing: ReadonlySet<Trouble> = new Set(["offline", "silent", "nobody"]);

/** Milliseconds until it is asked again. */
const away = 5_000;

/** The newest answer, and a way to ask at once; an answer stays while a newer one is awaited or out of reach. */
export function useAnswer<T>(asked: Asked<T>): readonly [answer: Answer<T>, again: () => void] {
  const engine = useEngine();
  const connected = useSession().state === "connected";
  const [held, setHeld] = useState<{ key: string; answer: Answer<T> }>({
    key: asked.key,
    answer: { state: "waiting" },
  });
  const [turn, setTurn] = useState(0);
  const newest = useRef(asked);
  newest.current = asked;
  const again = useCallback(() => setTurn((before) => before + 1), []);

  useEffect(() => {
    // Several hints often come together: one question answers them all.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = engine.hear((notice) => {
      if (!newest.current.concerns?.(notice)) return;
      clearTimeout(timer);
      timer = setTimeout(again, 60);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [engine, again]);

  const { key } = asked;
  useEffect(() => {
    if (!connected) return undefined;
    let current = true;
    let later: ReturnType<typeof setTimeout> | undefined;
    newest.current.ask(engine).then(
      (value) => current && setHeld({ key, answer: { state: "there", value } }),
      (error: unknown) => {
        if (!current || isCancelled(error)) return;
        const told = error instanceof EngineError ? error : new EngineError("fault", String(error));
        const passes = passing.has(told.trouble);
        if (passes) later = setTimeout(again, away);
        // What was seen stays seen while the way to it is lost.
        setHeld((before) =>
          before.key === key && before.answer.state === "there" && passes
            ? before
            : { key, answer: { state: "failed", error: told } },
        );
      },
    );
    return () => {
      current = false;
      clearTimeout(later);
    };
  }, [engine, connected, key, turn, again]);

  return [held.key === key ? held.answer : { state: "waiting" }, again];
}
