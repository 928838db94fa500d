/** Health: what every instance says of its own state, on a subject of its own. */
import type { Endpoint } from "@natster/contracts";
import * as z from "zod";

/** What a service says of its own state; `checks` are short words such as `connected` or `3 behind`. */
export const Health = z.strictObject({
  status: z.enum(["ok", "stopping"]),
  checks: z.record(z.string(), z.string()).optional(),
});
export type Health = z.infer<typeof Health>;

/** The endpoint that every service has beside those of its contract. */
export const healthEndpoint: Endpoint = {
  subject: "health",
  summary: "Say how this instance is",
  request: z.strictObject({}),
  reply: Health,
  errors: {},
};

/** Where one instance is asked. */
export const healthSubject = (service: string, id: string): string => `health.${service}.${id}`;
