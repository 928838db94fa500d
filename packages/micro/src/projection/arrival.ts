/** What arrives at a side, made of each message the moment it comes, while what came before it is on its way to the disk. */
import { type BucketContract, isOfPart, type Part, type RowOf } from "@natster/contracts";
import { type DurableContract, readsOf } from "@natster/contracts/platform";
import type { JsMsg } from "@nats-io/jetstream";
import { type Delivered, deliveredAs } from "../events/durable.ts";
import { type Stored, traceIn } from "../events/event.ts";
import { readFor, type Reading } from "./fold.ts";
import { isDecision } from "./mend.ts";
import type { Projection } from "./projection.ts";
import { type Doing, takesTraces } from "../trace.ts";

/** What has arrived: whether the side is to read it, and what it says where it makes rows, or decides about them. */
export interface Arrival<R> {
  readonly delivered: Delivered;
  readonly isRead: boolean;
  readonly reading: Reading<R> | undefined;
  readonly decision: Stored | undefined;
}

export interface ArrivalOptions {
  /** The durable that delivers. */
  readonly contract: DurableContract;
  readonly part: Part;
  /** Whether anybody is told at this moment of what is taken in. */
  readonly isTold: () => boolean;
}

/** Makes arrivals of what is delivered to a side. */
export function arrivalsOf<B extends BucketContract>(
  projection: Projection<B>,
  { contract, part, isTold }: ArrivalOptions,
): (message: JsMsg) => Arrival<RowOf<B>> {
  const concerns = readsOf(contract);
  /** A decision about the projection is for every part of it. */
  const reads = (subject: string) => concerns(subject) && (isDecision({ subject }) || isOfPart(subject, part));
  return (message) => {
    const isRead = reads(message.subject);
    const delivered = deliveredAs(message);
    // A rebuild tells nothing: what it takes in is old.
    const trace = takesTraces() && isRead && isTold() ? traceOf(projection.into.name, message) : undefined;
    return {
      delivered: trace ? { ...delivered, trace } : delivered,
      isRead,
      reading: isRead ? readFor(projection, message) : undefined,
      decision: isRead && isDecision(message) ? message : undefined,
    };
  };
}

/** How a trace tells of an event on its way into rows, from when it arrived; undefined where it was recorded untraced. */
function traceOf(name: string, { data }: JsMsg): Doing | undefined {
  const from = traceIn(data);
  return from === undefined ? undefined : { kind: "consumer", name: `project ${name}`, from, since: Date.now() };
}
