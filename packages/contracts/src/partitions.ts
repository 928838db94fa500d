/**
 * Partitions: the log is projected in so many parts at once, each by another process. An aggregate is always of the same
 * part, so that its events keep their order.
 */

/** One part of so many, counted from 0. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

/** The log in one piece. */
export const whole: Part = { index: 0, of: 1 };

/** Every part of so many. */
export const partsOf = (count: number): Part[] => Array.from({ length: count }, (_, index) => ({ index, of: count }));

/** What a part has of its own in the place of what the whole would have: a durable, a record, a checkpoint. */
export const partName = (name: string, { index, of }: Part): string => (of === 1 ? name : `${name}_${of}_${index}`);

/** Whether an event is of a part, by its subject. */
export const isOfPart = (subject: string, { index, of }: Part): boolean =>
  of === 1 || partitionOf(subject, of) === index;

/**
 * The part that an event is of: what nats-server's subject transform `{{partition(count, …)}}` makes of the tokens of the
 * aggregate's id, FNV-1a of 32 bits, so that either may tell.
 */
export function partitionOf(subject: string, count: number): number {
  const tokens = subject.split(".").slice(2, -1);
  let hash = 0x811c9dc5;
  for (const token of tokens) {
    for (let at = 0; at < token.length; at++) hash = Math.imul(hash ^ token.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % count;
}
