/** What services say of themselves (ADR-32). Anybody's service may answer, in any language, so all of it is checked. */
import * as z from "zod";

const count = z.number().nonnegative().catch(0);
const words = z.string().catch("");

const latency = z.object({ p50: z.number(), p95: z.number(), p99: z.number() });

/** What Natster's own services say beside the standard figures. */
const data = z.object({
  latency: latency.optional().catch(undefined),
  refusals: z.record(z.string(), z.number()).catch({}),
  faults: z.number().nonnegative().optional().catch(undefined),
});

export const Stats = z.object({
  id: z.string(),
  name: z.string(),
  version: words,
  started: words,
  endpoints: z
    .array(
      z.object({
        name: z.string(),
        subject: z.string(),
        queue_group: words,
        num_requests: count,
        num_errors: count,
        last_error: words,
        processing_time: count,
        data: data.optional().catch(undefined),
      }),
    )
    .catch([]),
});
export type Stats = z.infer<typeof Stats>;
export type EndpointStats = Stats["endpoints"][number];
export type Latency = z.infer<typeof latency>;

export const Info = z.object({
  id: z.string(),
  name: z.string(),
  description: words,
  endpoints: z
    .array(
      z.object({
        name: z.string(),
        subject: z.string(),
        metadata: z.record(z.string(), z.string()).catch({}),
      }),
    )
    .catch([]),
});
export type Info = z.infer<typeof Info>;
