/** An attack and its legitimate twin: the same thing done by somebody who may, so that nothing passes by refusing everybody. */
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";

export interface Attempt {
  /** What is tried; resolves with what came of it. */
  readonly attack: () => Promise<unknown>;
  /** How it fails. */
  readonly fails: unknown;
  /** The same by somebody who may; resolves with what came of it. */
  readonly twin: () => Promise<unknown>;
  readonly works: unknown;
}

/** A test named for what is tried. */
export const attack = (tries: string, { attack, fails, twin, works }: Attempt): void =>
  // oxlint-disable-next-line vitest/valid-title -- what is tried is the title
  test(tries, async () => {
    expect(await attack(), "the attack").toEqual(fails);
    expect(await twin(), "its legitimate twin").toEqual(works);
  });

/** Waits until what is looked at is as wanted. Throws with what was seen last, after a generous while. */
export async function until<T>(look: () => T | Promise<T>, wanted: (seen: T) => boolean): Promise<T> {
  for (const end = Date.now() + 20_000; ;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(seen)}`);
    await setTimeout(50);
  }
}
