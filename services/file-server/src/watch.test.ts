import { getEventListeners } from "node:events";
import { createKey } from "@natster/trust";
import { expect, test } from "vitest";
import type { OpenedSession } from "./sessions.ts";
import { watch } from "./watch.ts";

test("one question of a session waits: a newer one has the older answered, and nothing of either stays behind", async () => {
  const [stopping, ended] = [new AbortController().signal, new AbortController().signal];
  let news: (revision: number) => void = () => {};
  const waiting = new Set<AbortSignal>();
  const changed = (_: number, signal: AbortSignal = stopping) =>
    new Promise<number>((resolve, reject) => {
      waiting.add(signal);
      news = resolve;
      signal.addEventListener("abort", () => {
        waiting.delete(signal);
        reject(new Error("it waited for long enough"));
      });
    });
  const wait = watch({ revision: 7, changed }, stopping);
  const session = { account: createKey("account").public, ended } as OpenedSession;
  const ask = (since: number) =>
    Promise.resolve(wait({ request: { since, seconds: 60 }, session, onAnswer: () => {} }));

  const older = ask(7);
  const newer = ask(7);
  expect(await older).toEqual({ revision: 7 });
  expect(waiting.size).toBe(1);
  news(8);
  expect(await newer).toEqual({ revision: 8 });
  expect([stopping, ended].flatMap((signal) => getEventListeners(signal, "abort"))).toEqual([]);
});
