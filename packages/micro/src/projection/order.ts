/**
 * The order of deliveries: whether what a durable brings continues what this process has made of it. A durable counts
 * its deliveries, from one whenever it is rewound, and whoever has them all has missed nothing.
 */

/** What a delivery is to the process that it came to. */
export type Delivery =
  /** The one that follows. */
  | "next"
  /** It was on its way when the durable was rewound, and comes again. */
  | "passing"
  /** Another process was at it, or something came again out of its order: nothing that is remembered holds. */
  | "amiss";

export interface Order {
  /** The durable was rewound, by this process and for it. */
  rewound(now: number): void;
  /** Nothing that comes can continue anything. */
  forget(): void;
  /** What a delivery is; the one that follows has been taken when this returns. Times are in milliseconds. */
  take(deliverySequence: number, now: number): Delivery;
  /**
   * Whether something was taken for passing and the first delivery has not come since: another process, to which the
   * durable was pinned in between, may have had it.
   */
  isAmiss(now: number): boolean;
}

/** For how long after a rewinding something may still be on its way, in milliseconds. */
const passes = 1_000;

export function createOrder(): Order {
  /** The delivery that comes next where everything comes in order; undefined while this process stands by. */
  let next: number | undefined;
  let since = 0;
  let passed = false;
  return {
    rewound(now) {
      next = 1;
      since = now;
      passed = false;
    },
    forget() {
      next = undefined;
    },
    take(deliverySequence, now) {
      if (deliverySequence === next) {
        next++;
        return "next";
      }
      if (next !== 1 || now - since > passes) return "amiss";
      passed = true;
      return "passing";
    },
    isAmiss: (now) => next === 1 && passed && now - since > passes,
  };
}
