import fc from "fast-check";
import { expect, test } from "vitest";
import { SparseFile, type SparseFileOptions } from "./sparse-file.ts";

const KiB = 1024;
const content = Uint8Array.from({ length: 3_000_001 }, (_, at) => (at * 7 + (at >> 8)) & 255);

/** A file of which every question is noted. */
function opened(options: SparseFileOptions = {}, size = content.length) {
  const asked: number[] = [];
  const file = new SparseFile(
    size,
    async (offset, length) => {
      asked.push(offset / (256 * KiB));
      return content.subarray(offset, offset + length);
    },
    options,
  );
  return { file, asked };
}

test("any sequence of reads equals the file, however little is kept", async () => {
  const place = fc.nat({ max: content.length + 10 });
  const reads = fc.array(fc.tuple(place, fc.nat({ max: 600 * KiB })), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(reads, fc.nat({ max: 2_000 * KiB }), fc.nat({ max: 2_000 * KiB }), async (all, cache, ahead) => {
      const { file } = opened({ cache, ahead });
      const came = await Promise.all(all.map(([offset, length]) => file.read(offset, length)));
      for (const [index, [offset, length]] of all.entries()) {
        expect(Buffer.compare(came[index] ?? Buffer.of(), content.subarray(offset, offset + length))).toBe(0);
      }
    }),
  );
});

test("a seek asks for its own piece alone, and who reads on has the next ones asked for ahead", async () => {
  const { file, asked } = opened({ ahead: 512 * KiB });
  await file.read(1_000 * KiB, 4 * KiB);
  expect(asked).toEqual([3]);
  await file.read(1_004 * KiB, 4 * KiB);
  expect(asked).toEqual([3, 4, 5]);
  await file.read(1_008 * KiB, 40 * KiB);
  expect(asked).toEqual([3, 4, 5, 6]);
});

test("what was read stays until there is no more room, and what was used longest ago goes first", async () => {
  const { file, asked } = opened({ cache: 3 * 256 * KiB, ahead: 0 });
  for (const piece of [0, 2, 4, 0, 6, 0, 2]) await file.read(piece * 256 * KiB, 10);
  expect(asked).toEqual([0, 2, 4, 6, 2]);
});

test("a stream is the file, in pieces that are the taker's own", async () => {
  const { file, asked } = opened();
  const parts = await Array.fromAsync(file.stream(100, 2_000_000));
  expect(Buffer.concat(parts).equals(content.subarray(100, 2_000_000))).toBe(true);
  for (const part of parts) part.fill(0);
  expect(await file.read(100, 10)).toEqual(content.slice(100, 110));
  expect(new Set(asked).size).toBe(asked.length);
});

test("what could not be read is asked for again, and what is too short is not taken", async () => {
  const answers = [() => Promise.reject(new Error("lost")), () => Promise.resolve(Uint8Array.of(1))];
  const file = new SparseFile(10, () => answers.shift()?.() ?? Promise.resolve(content.subarray(0, 10)));
  await expect(file.read(0, 5)).rejects.toThrow("lost");
  await expect(file.read(0, 5)).rejects.toThrow("1 bytes came for 10");
  expect(await file.read(0, 5)).toEqual(content.slice(0, 5));
});
