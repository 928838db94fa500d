/** The two sides of a projection: one is read, and the other is idle, or filled anew to take its place. */
import * as z from "zod";
import { type BucketContract, defineBucket } from "./define.ts";
import { Instant, Sequence } from "./vocabulary.ts";

export const Side = z.enum(["a", "b"]);
export type Side = z.infer<typeof Side>;

export const otherSide = (side: Side): Side => (side === "a" ? "b" : "a");

/** The bucket of one side; the durable that fills it has the same name. */
export const sideOf = <B extends BucketContract>(bucket: B, side: Side): B => ({
  ...bucket,
  name: `${bucket.name}_${side}`,
});

/** The projection of which a bucket is one side. */
export const projectionOf = (bucket: BucketContract): string => bucket.name.replace(/_[ab]$/, "");

/** Rows `<projection>`: which side is read, and whether the other is being built. */
export const projectionStates = defineBucket({
  name: "projections",
  summary: "Which side of each projection is read, and whether the other is being built",
  row: z.strictObject({
    active: Side,
    /** The version of the rows that are read, and since when they are. */
    version: z.int(),
    since: Instant,
    /** In how many parts the log is projected; in one where nothing is said. */
    parts: z.int().min(1).optional(),
    building: z.strictObject({ side: Side, version: z.int(), parts: z.int().min(1).optional() }).optional(),
    /** The rows that are read are not what the log says, and nobody can say which of them: until others take their place. */
    doubted: z.literal(true).optional(),
  }),
});
export type ProjectionState = z.infer<typeof projectionStates.row>;

/**
 * Rows `<bucket>` beside those: up to which event a side's rows go, and the bucket's own last sequence then. Rows need
 * not be on disk when they are read; this is, so that a bucket which lost some of them is known by it.
 */
export const SideRecord = z.strictObject({ event: Sequence, bucket: Sequence });
export const sideRecords = { ...projectionStates, row: SideRecord } as const;
