/** A way to nats-server that now and then delays, stalls, or drops what goes over it. */
import type { Carry } from "@natster/nats-server/way";

export interface BadCarrier {
  readonly carry: Carry;
  /** How often it stalled and how often it dropped a connection. */
  readonly stalls: number;
  readonly drops: number;
}

/** `draw` says what becomes of each piece that passes, as a number from 0 to 1. */
export function carryBadly(draw: () => number): BadCarrier {
  const told = { stalls: 0, drops: 0 };
  const carry: Carry = (from, into) => {
    from.on("data", (bytes) => {
      const chance = draw();
      if (chance < 0.003) {
        told.drops++;
        from.destroy();
        return;
      }
      // Longer than an answer is waited for; or a moment.
      const pause = chance < 0.006 ? 2_500 : chance < 0.1 ? 20 : 0;
      if (chance < 0.006) told.stalls++;
      into.write(bytes);
      if (pause === 0) return;
      from.pause();
      setTimeout(() => from.resume(), pause);
    });
  };
  return Object.assign(told, { carry });
}
