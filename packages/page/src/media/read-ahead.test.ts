import fc from "fast-check";
import { expect, test } from "vitest";
import { readAhead } from "./read-ahead.ts";

const content = Uint8Array.from({ length: 1_000 }, (_, at) => at % 251);
const signal = new AbortController().signal;

test("whatever is asked for comes in order, however late its parts are", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(1_000),
      fc.nat(1_000),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 6 }),
      fc.scheduler(),
      async (one, other, chunk, ahead, scheduler) => {
        const [start, end] = [Math.min(one, other), Math.max(one, other)];
        const read = (offset: number, length: number) =>
          scheduler.schedule(Promise.resolve(content.slice(offset, offset + length)));
        const came: number[] = [];
        const reading = (async () => {
          for await (const bytes of readAhead(read, { start, end, chunk, ahead, signal })) came.push(...bytes);
        })();
        await scheduler.waitFor(reading);
        expect(came).toEqual(Array.from(content.slice(start, end)));
      },
    ),
  );
});

test("whoever stops taking stops what is on its way", async () => {
  const signals: AbortSignal[] = [];
  const read = (_: number, length: number, signal: AbortSignal) => {
    signals.push(signal);
    return Promise.resolve(new Uint8Array(length));
  };
  for await (const _ of readAhead(read, { start: 0, end: 1_000, chunk: 10, ahead: 3, signal })) break;
  expect(signals.length).toBeLessThanOrEqual(4);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});

test("a part that cannot be read ends it", async () => {
  const read = (offset: number, length: number) =>
    offset >= 20 ? Promise.reject(new Error("gone")) : Promise.resolve(new Uint8Array(length));
  const taken: number[] = [];
  const take = async () => {
    for await (const bytes of readAhead(read, { start: 0, end: 100, chunk: 10, ahead: 3, signal })) {
      taken.push(bytes.length);
    }
  };
  await expect(take()).rejects.toThrow("gone");
  expect(taken).toEqual([10, 10]);
});
