import { expect, test } from "vitest";
import { Patience, StartTimeoutError } from "./patience.ts";

const never = () => new Promise<never>(() => {});

test("what comes in time is handed on, and what fails fails", async () => {
  using patience = new Patience(60_000);
  expect(await patience.for(Promise.resolve("here"))).toBe("here");
  await expect(patience.for(Promise.reject(new Error("broken")))).rejects.toThrow("broken");
});

test("whoever is asked to end waits no longer, for the reason that was given", async () => {
  const asked = new AbortController();
  using patience = new Patience(60_000, asked.signal);
  const waiting = patience.for(never());
  asked.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  await expect(patience.for(never())).rejects.toThrow("enough");
});

test("who gives up waits for nothing more", async () => {
  using patience = new Patience(60_000);
  const waiting = patience.for(never());
  patience.giveUp(new Error("another one failed"));
  await expect(waiting).rejects.toThrow("another one failed");
  await expect(patience.for(never())).rejects.toThrow("another one failed");
});

test("what never comes is given up", async () => {
  using patience = new Patience(10);
  await expect(patience.for(never())).rejects.toThrow(StartTimeoutError);
});

test("what comes too late is closed", async () => {
  const asked = new AbortController();
  using patience = new Patience(60_000, asked.signal);
  const closed = Promise.withResolvers<string>();
  const late = Promise.withResolvers<AsyncDisposable>();
  const waiting = patience.for(late.promise);
  asked.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  late.resolve({ [Symbol.asyncDispose]: async () => closed.resolve("closed") });
  expect(await closed.promise).toBe("closed");
});
