/** What `nats micro info` shows of an endpoint: this is its documentation, for any language. */
import type { Endpoint } from "@natster/contracts";
import * as z from "zod";

/** An endpoint's metadata: summary, JSON Schemas, errors, and who may ask. */
export function describe(endpoint: Endpoint): Record<string, string> {
  const schema = (of: z.ZodType) => JSON.stringify(z.toJSONSchema(of, { unrepresentable: "any", io: "input" }));
  return {
    summary: endpoint.summary,
    schema_request: schema(endpoint.request),
    schema_response: schema(endpoint.reply),
    errors: JSON.stringify(endpoint.errors),
    ...(endpoint.access && { access: endpoint.access }),
  };
}
