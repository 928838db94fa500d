/** What every service says of itself, asked of the services API (ADR-32 of NATS) as `nats micro stats` does. */
import type { NatsConnection } from "@nats-io/nats-core";
import { Svcm } from "@nats-io/services";
import * as z from "zod";

/** Anybody's service may answer, and one counter that runs backwards would cost all the others. */
const Count = z.number().nonnegative();
const Latency = z.object({ p50: z.number(), p95: z.number(), p99: z.number() });
const Endpoint = z.object({
  name: z.string(),
  num_requests: Count,
  num_errors: Count,
  /** Nanoseconds in all. */
  processing_time: Count,
  data: z
    .object({
      /** How often for which reason. */
      refusals: z.record(z.string(), Count).catch({}),
      faults: Count,
      in_flight: z.number(),
      /** Milliseconds. */
      latency: Latency,
      /** What a service says of itself beside that, at its health endpoint. */
      figures: z.record(z.string(), z.unknown()).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** One instance of a service. */
export const Instance = z.object({
  name: z.string(),
  id: z.string(),
  version: z.string().catch(""),
  endpoints: z.array(Endpoint).catch([]),
});
export type Instance = z.infer<typeof Instance>;

/** Every instance that answers; anybody's service may, so that what cannot be read is left out. */
export async function look(connection: NatsConnection, within: number): Promise<Instance[]> {
  // Replies come from near and far: after each, the others have half a second.
  const client = new Svcm(connection).client({ strategy: "stall", maxWait: within, stall: 500 });
  const found: Instance[] = [];
  for await (const reply of await client.stats()) {
    const read = Instance.safeParse(reply);
    if (read.success) found.push(read.data);
  }
  return found;
}
