/** By what a changed file is noticed without reading it. */
import type { BigIntStats } from "node:fs";

/**
 * Size, modification time in nanoseconds and inode, in one word. As whole numbers of any size: an inode or a time in
 * nanoseconds does not fit into a double.
 */
export const fingerprintOf = ({ size, mtimeNs, ino }: BigIntStats): string => `${size}:${mtimeNs}:${ino}`;

/**
 * For how many milliseconds a second change could bear the same time as the first. Kernels stamp files at their own
 * tick, 10 ms at the coarsest; a time in whole seconds comes from a file system that knows nothing finer, of which FAT
 * counts in twos.
 */
const tick = (mtimeNs: bigint): number => (mtimeNs % 1_000_000_000n === 0n ? 2_000 : 20);

/**
 * How many milliseconds until a later change is sure to show in the fingerprint: a file hashed before that could be
 * changed afterwards and look the same.
 */
export function unsettledFor({ mtimeNs }: BigIntStats, now: number): number {
  const age = now - Number(mtimeNs / 1_000_000n);
  // A time that lies ahead was set by hand: the next change brings it back to the present, which shows.
  return age < 0 ? 0 : Math.max(0, tick(mtimeNs) - age);
}
