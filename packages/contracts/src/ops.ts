/** Operations: what administrators ask of the services that follow the log, the same of each. */
import * as z from "zod";
import { defineEvents } from "./define.ts";
import { Side } from "./sides.ts";
import { Cursor, PageSize, Sequence } from "./vocabulary.ts";

/** Why it could not be asked of nats-server how it stands; all else is then as the process that answers knew it last. */
const Fault = z.string().optional();

/** How a projection stands in the process that answers. */
export const ProjectionStatus = z.strictObject({
  projection: z.string(),
  version: z.int(),
  side: Side,
  /** The last event that its rows have seen, how many wait, and how old the oldest of the last ones was, in ms. */
  sequence: Sequence,
  behind: z.int(),
  milliseconds: z.number(),
  parked: z.int(),
  /** Whether the process that answers is the one that writes. */
  writes: z.boolean(),
  /** While it is rebuilt: how much of the log has been taken in, from 0 to 1. */
  rebuilt: z.number().optional(),
  /** Where the log is projected in several parts: how each of them stands. */
  parts: z.array(z.strictObject({ sequence: Sequence, behind: z.int(), milliseconds: z.number() })).optional(),
  fault: Fault,
});

/** How what a service does because of an event, a timer or a silence stands, whichever of its processes does it. */
export const ReactionStatus = z.strictObject({
  /** Its durable. */
  reaction: z.string(),
  /** How many wait for it, and for how long the first of them has, in ms. */
  behind: z.int(),
  milliseconds: z.number(),
  /** How many of them were delivered again: what failed is, ever later, until it succeeds. */
  failing: z.int(),
  fault: Fault,
});

/** An event that a projection could not take in, or that waits behind such a one. */
export const ParkedEvent = z.strictObject({ sequence: Sequence, subject: z.string(), reason: z.string() });

const ProjectionName = z
  .string()
  .max(64)
  .regex(/^[a-z]+(_[a-z]+)*$/);

/**
 * What administrators decided about events that a projection could not take in. It is in the log, since all that a
 * projection knows by itself is made anew from there.
 */
export const projectionEvents = defineEvents({
  subject: "events.projection",
  /** The service that keeps it, and its bucket without the side. */
  id: z.strictObject({ service: z.string().regex(/^[a-z]+$/), projection: ProjectionName }),
  takesBack: ["retried", "skipped"],
  types: {
    /** Those of the same aggregate as this one are tried again, in their order; or all that stand aside. */
    retried: z.strictObject({ sequence: Sequence.optional() }),
    /** This one is left out for ever, also when the projection is built anew. */
    skipped: z.strictObject({ sequence: Sequence }),
  },
});

/** Where the decision was recorded, and how many events still stand aside now that it has been followed. */
const Mended = z.strictObject({ after: Sequence, parked: z.int().nonnegative() });

/** The endpoint of a service that follows the log. */
export const followerOps = <const S extends string>(service: S) =>
  ({
    status: {
      subject: `natster.ops.${service}.status`,
      summary: "Say how each projection and each reaction stands",
      request: z.strictObject({}),
      reply: z.strictObject({ projections: z.array(ProjectionStatus), reactions: z.array(ReactionStatus) }),
      errors: {},
      access: "administrator",
    },
  }) as const;

/** The endpoints of a service that keeps projections. */
export const projectionOps = <const S extends string>(service: S) =>
  ({
    ...followerOps(service),
    rebuild: {
      subject: `natster.ops.${service}.rebuild`,
      summary: "Build a projection anew from the log while it is read, and read the new rows from then on",
      request: z.strictObject({ projection: ProjectionName }),
      reply: z.strictObject({}),
      // A bucket that it is filled into is gone; no service may make one.
      errors: { projection_unknown: 404, not_provided: 503 },
      access: "administrator",
    },
    parked: {
      subject: `natster.ops.${service}.parked`,
      summary: "List the events that a projection could not take in, and those that wait behind them",
      request: z.strictObject({ projection: ProjectionName, cursor: Cursor.optional(), limit: PageSize.optional() }),
      reply: z.strictObject({ rows: z.array(ParkedEvent), cursor: Cursor.optional() }),
      errors: { projection_unknown: 404 },
      access: "administrator",
    },
    retry: {
      subject: `natster.ops.${service}.retry`,
      summary: "Take in, in their order, the events of the aggregate that one stands aside of, or all that stand aside",
      request: z.strictObject({ projection: ProjectionName, sequence: Sequence.optional() }),
      reply: Mended,
      errors: { projection_unknown: 404, event_not_parked: 404, behind: 503 },
      access: "administrator",
    },
    skip: {
      subject: `natster.ops.${service}.skip`,
      summary: "Leave one event that stands aside out of a projection for ever, and take in those that wait behind it",
      request: z.strictObject({ projection: ProjectionName, sequence: Sequence }),
      reply: Mended,
      errors: { projection_unknown: 404, event_not_parked: 404, behind: 503 },
      access: "administrator",
    },
  }) as const;
