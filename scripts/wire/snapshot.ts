/** What crosses the wire, as a value that can be kept: what is asked, what is told without being asked, and the events. */
import type { Endpoint, EventsContract, Inside, ServiceContract } from "@natster/contracts";
import { grants } from "@natster/contracts/grants";
import { FeedNotice } from "@natster/contracts/library";
import { events, services } from "@natster/contracts/platform";
import { serving } from "@natster/contracts/serving";
import { Welcome } from "@natster/contracts/web";
import * as z from "zod";

/** A JSON Schema, as far as it is compared. */
export const Schema = z.record(z.string(), z.unknown());
export type Schema = z.infer<typeof Schema>;

const Exchange = z.strictObject({
  request: Schema,
  reply: Schema,
  errors: z.record(z.string(), z.number()),
});
export const WireEndpoint = Exchange.extend({
  subject: z.string(),
  params: Schema.optional(),
  access: z.string().optional(),
  roles: z.array(z.string()).optional(),
  sealed: Exchange.optional(),
});
export type WireEndpoint = z.infer<typeof WireEndpoint>;

/** What was said at one time. Told is each kind of notice, and what the page says of its system. Of each event type there are the schemas of all versions, first to last. */
export const Wire = z.strictObject({
  services: z.record(z.string(), z.record(z.string(), WireEndpoint)),
  told: z.record(z.string(), Schema),
  events: z.record(z.string(), z.record(z.string(), z.array(Schema))),
});
export type Wire = z.infer<typeof Wire>;

/** What the contracts of this commit say. */
export const wireNow = (): Wire => ({
  services: Object.fromEntries(
    [...Object.values(services), serving, grants].map((each) => [each.name, endpoints(each)]),
  ),
  told: Object.fromEntries([
    ...FeedNotice.options.map((notice) => [`feed.${notice.shape.kind.value}`, asTold(notice)]),
    ["natster.json", asTold(Welcome)],
  ]),
  events: Object.fromEntries(events.map((each) => [each.subject, versions(each)])),
});

const endpoints = ({ endpoints }: ServiceContract): Record<string, WireEndpoint> =>
  Object.fromEntries(Object.entries(endpoints).map(([name, endpoint]) => [name, wireOf(endpoint)]));

const wireOf = (endpoint: Endpoint): WireEndpoint => ({
  subject: endpoint.subject,
  ...(endpoint.params && { params: asAsked(endpoint.params) }),
  ...exchange(endpoint),
  ...(endpoint.access !== undefined && { access: endpoint.access }),
  ...(endpoint.roles && { roles: [...endpoint.roles] }),
  ...(endpoint.sealed && { sealed: exchange(endpoint.sealed) }),
});

const exchange = ({ request, reply, errors }: Inside) => ({
  request: asAsked(request),
  reply: asTold(reply),
  errors: { ...errors },
});

const versions = ({ types, history = {} }: EventsContract): Record<string, Schema[]> =>
  Object.fromEntries(
    Object.entries(types).map(([type, newest]) => [
      type,
      [...(history[type] ?? []).map(({ data }) => data), newest].map(asTold),
    ]),
  );

/** What may be sent, before defaults are filled in. */
const asAsked = (schema: z.ZodType): Schema => plain(schema, "input");
/** What comes out. */
const asTold = (schema: z.ZodType): Schema => plain(schema, "output");

/** Without what only describes: it may change at any time. */
const plain = (schema: z.ZodType, io: "input" | "output"): Schema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { unrepresentable: "any", io });
  return Schema.parse(JSON.parse(JSON.stringify(rest)));
};
