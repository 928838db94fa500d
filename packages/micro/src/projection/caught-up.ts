/** Waiting until rows hold what was recorded, whichever process writes them. */
import type { Durable } from "../events/durable.ts";
import type { Position } from "./position.ts";
import { Refusal } from "../service/refusal.ts";
import { sleep } from "../sleep.ts";

/** How far the rows are: as this process knows it, and where it can be asked. */
export interface Progress {
  readonly lag: () => { readonly sequence: number; readonly writes: boolean };
  readonly position: Pick<Position, "read">;
  readonly durable: Pick<Durable, "end">;
  /** Whether the rows have everything that was in the log when this was asked. */
  readonly isComplete: () => Promise<boolean>;
  /** Resolves when this process has written the next rows. */
  readonly next: () => Promise<void>;
}

/** How long it is waited at the most, and how often it is asked how far another process is, in milliseconds. */
const waits = { atMost: 2_000, asksEvery: 25 } as const;

/**
 * Resolves when what was recorded at a sequence is in the rows. Throws the refusal `behind` after two seconds, and at
 * once where the log does not reach as far.
 */
export async function caughtUp(after: number | undefined, progress: Progress): Promise<void> {
  const { lag, position, durable, isComplete, next } = progress;
  if (after === undefined || lag().sequence >= after) return;
  // Whoever writes is told by its own rows, and asks nobody until they are late.
  let asked = lag().writes ? Date.now() : undefined;
  for (const until = Date.now() + waits.atMost; Date.now() < until;) {
    if (asked === undefined || Date.now() - asked >= waits.asksEvery) {
      // What nobody has recorded yet is not waited for: whoever was told a position was told it by the log.
      if ((await durable.end()) < after) throw behind();
      if ((await position.read()) >= after || (await isComplete())) return;
      asked = Date.now();
    }
    await Promise.race([next(), sleep(waits.asksEvery)]);
    if (lag().sequence >= after) return;
  }
  throw behind();
}

/** What was just recorded is not in the rows, or it cannot be known whether it is. */
export const behind = () =>
  new Refusal(503, { reason: "behind", message: "what was just recorded is not visible yet" });
