import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { describe, expect, test } from "vitest";
import { breaks } from "./breaks.ts";
import { Schema, Wire, type WireEndpoint, wireNow } from "./snapshot.ts";

const schema = (of: z.ZodType) => Schema.parse(z.toJSONSchema(of, { io: "input" }));
const Ask = z.strictObject({ name: z.string().max(10), kind: z.enum(["a", "b"]).optional() });
const Told = z.strictObject({ count: z.int(), state: z.enum(["on", "off"]) });

const endpoint = (changed: Partial<WireEndpoint> = {}): WireEndpoint => ({
  subject: "natster.lab.ask",
  request: schema(Ask),
  reply: schema(Told),
  errors: { unknown: 404 },
  ...changed,
});
const wire = (ask: WireEndpoint = endpoint(), ...versions: z.ZodType[]): Wire => ({
  services: { lab: { ask } },
  told: { "feed.lab": schema(Told) },
  events: { "events.lab": { asked: [schema(z.strictObject({ at: z.int() })), ...versions.map(schema)] } },
});
const found = (now: Wire) => breaks(wire(), now);

test("what is said today is understood by the last release, and the other way round", () => {
  const file = join(import.meta.dirname, "..", "..", "packages", "contracts", "wire.json");
  expect(breaks(Wire.parse(JSON.parse(readFileSync(file, "utf8"))), wireNow())).toEqual([]);
});

test("nothing breaks where nothing changes", () => {
  expect(found(wire())).toEqual([]);
});

describe("nothing breaks by", () => {
  test.for<[string, Partial<WireEndpoint>]>([
    ["a request that may say more", { request: schema(Ask.extend({ more: z.string().optional() })) }],
    ["a request that may be longer", { request: schema(Ask.extend({ name: z.string().max(20) })) }],
    [
      "a value more that may be asked for",
      { request: schema(Ask.extend({ kind: z.enum(["a", "b", "c"]).optional() })) },
    ],
    ["a reply that says more", { reply: schema(Told.extend({ more: z.string() })) }],
    ["a reply that says fewer things", { reply: schema(Told.extend({ state: z.literal("on") })) }],
    ["another reason to refuse", { errors: { unknown: 404, closed: 410 } }],
    ["newcomers who may ask too", { access: "lobby" }],
  ])("%s", ([, changed]) => {
    expect(found(wire(endpoint(changed)))).toEqual([]);
  });
});

describe("it is told where there is", () => {
  test.for<[string, Partial<WireEndpoint>, string]>([
    [
      "a property more that a request needs",
      { request: schema(Ask.extend({ more: z.string() })) },
      "request: more may be missing",
    ],
    [
      "a property that a request may not say any more",
      { request: schema(Ask.omit({ kind: true })) },
      "request: kind is not known",
    ],
    [
      "a request that must be shorter",
      { request: schema(Ask.extend({ name: z.string().max(5) })) },
      "request: name has another maxLength",
    ],
    [
      "a property that a reply leaves out",
      { reply: schema(Told.omit({ count: true })) },
      "reply: count may be missing",
    ],
    [
      "a reply of another type",
      { reply: schema(Told.extend({ count: z.string() })) },
      'reply: count is "string" and was "integer"',
    ],
    [
      "a value that a reply never had",
      { reply: schema(Told.extend({ state: z.enum(["on", "off", "broken"]) })) },
      'reply: state may be "broken"',
    ],
    ["another code for a reason", { errors: { unknown: 410 } }, "refuses unknown with 410 and did with 404"],
    ["another subject", { subject: "natster.lab.question" }, "is asked at natster.lab.question"],
    ["an endpoint for administrators alone", { access: "administrator" }, "may be asked by fewer"],
    ["an endpoint for some roles alone", { roles: ["owner"] }, "may be asked by fewer"],
  ])("%s", ([, changed, fault]) => {
    expect(found(wire(endpoint(changed)))).toEqual([`lab.ask ${fault}`]);
  });

  test("no endpoint any more", () => {
    expect(found({ ...wire(), services: {} })).toEqual(["lab.ask is gone"]);
  });

  test("a notice that is not told any more, or not as it was", () => {
    const telling = (told: Wire["told"]) => found({ ...wire(), told });
    expect(telling({})).toEqual(["feed.lab: is told no more"]);
    expect(telling({ "feed.lab": schema(Told.omit({ count: true })) })).toEqual(["feed.lab: count may be missing"]);
    const more = { "feed.lab": schema(Told.extend({ more: z.string() })), "feed.another": schema(Ask) };
    expect(telling(more)).toEqual([]);
  });

  test("an event that is changed and not made anew", () => {
    const changed = { ...wire(), events: { "events.lab": { asked: [schema(z.strictObject({ when: z.int() }))] } } };
    expect(found(changed)).toEqual(["events.lab.asked has changed in version 1; a change is a new version"]);
    expect(found({ ...wire(), events: {} })).toEqual(["events.lab.asked is not read any more"]);
    expect(found(wire(endpoint(), z.strictObject({ when: z.int() })))).toEqual([]);
  });
});
