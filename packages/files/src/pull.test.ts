import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { FileEntry } from "@natster/contracts/files";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Pace } from "./pace.ts";
import { DigestMismatchError, type Hash, pull, type PullOptions } from "./pull.ts";

const sha256 = (): Hash => {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
};

const entryOf = (content: Uint8Array): FileEntry =>
  FileEntry.parse({
    path: "file",
    size: content.length,
    modified: 0,
    type: "application/octet-stream",
    digest: createHash("sha256").update(content).digest("hex"),
  });

interface Trial extends PullOptions {
  readonly read?: (offset: number, length: number) => Promise<Uint8Array>;
  readonly write?: (offset: number) => Promise<void>;
  readonly rangeSize?: number;
  readonly pace?: Pace;
}

/** Pulls a content through a reader that behaves as told; tells what was written. */
async function trial(content: Uint8Array, { read, write, rangeSize = 10, pace = new Pace(), ...options }: Trial = {}) {
  const written = Buffer.alloc(content.length);
  const sink = {
    async write(offset: number, bytes: Uint8Array) {
      await write?.(offset);
      written.set(bytes, offset);
    },
  };
  const honest = (offset: number, length: number) => Promise.resolve(content.subarray(offset, offset + length));
  await pull(sink, sha256(), { ...options, entry: entryOf(content), read: read ?? honest, rangeSize, pace });
  return written;
}

test("in whatever order ranges arrive and are written, the file is whole and the window is free again", async () => {
  const delays = fc.array(fc.nat(3), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 1, max: 200 }),
      delays,
      async (content, rangeSize, window, waits) => {
        const pace = new Pace({ window });
        let calls = 0;
        const dither = () => sleep(waits[calls++ % waits.length] ?? 0);
        const read = (offset: number, length: number) => dither().then(() => content.subarray(offset, offset + length));
        expect(await trial(content, { read, write: dither, rangeSize, pace })).toEqual(Buffer.from(content));
        // All of the window is there for the next.
        await pace.enter(window, AbortSignal.timeout(1_000));
      },
    ),
    { numRuns: 40 },
  );
});

test("a content that is not the announced one is noticed", async () => {
  const content = new Uint8Array(35);
  const read = (offset: number, length: number) => Promise.resolve(new Uint8Array(length).fill(offset === 20 ? 1 : 0));

  await expect(trial(content, { read })).rejects.toThrow(DigestMismatchError);
});

test("a range that is too short, or too long, is not taken for the whole", async () => {
  for (const wrong of [9, 11]) {
    const read = () => Promise.resolve(new Uint8Array(wrong));
    await expect(trial(new Uint8Array(30), { read })).rejects.toThrow("bytes came for 10");
  }
});

test("a failure ends the transfer when nothing is being written any more, and gives the window back", async () => {
  const pace = new Pace({ window: 100 });
  let writing = 0;
  const write = async (offset: number) => {
    writing++;
    await sleep(offset === 0 ? 1 : 20);
    writing--;
    if (offset === 0) throw new Error("disk full");
  };

  await expect(trial(new Uint8Array(200), { write, pace })).rejects.toThrow("disk full");
  expect(writing).toBe(0);
  await pace.enter(100, AbortSignal.timeout(1_000));
});

test("a range that never comes holds back only what the window holds", async () => {
  const asked: number[] = [];
  const read = (offset: number, length: number) => {
    asked.push(offset);
    return offset === 0 ? new Promise<never>(() => {}) : Promise.resolve(new Uint8Array(length));
  };
  const signal = AbortSignal.timeout(50);
  const stuck = trial(new Uint8Array(1_000), { read, pace: new Pace({ window: 40 }), signal });
  // The reader of the route gives up with the signal; this one does not, so the transfer is only looked at.
  void stuck.catch(() => {});
  await sleep(20);

  expect(asked).toEqual([0, 10, 20, 30]);
});

test("progress counts every byte once, and a signal ends it with its reason", async () => {
  const seen: number[] = [];
  await trial(new Uint8Array(35), { onProgress: ({ bytes }) => seen.push(bytes) });
  expect(seen).toEqual([10, 20, 30, 35]);

  const enough = new AbortController();
  const stop = { signal: enough.signal, onProgress: () => enough.abort(new Error("enough")) };
  await expect(trial(new Uint8Array(500), stop)).rejects.toThrow("enough");
});
