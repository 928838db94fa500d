import * as z from "zod";
import { describe, expect, test } from "vitest";
import { shareEvents } from "./catalog.ts";
import { defineService } from "./define.ts";
import { encodePublicKey } from "./nkey.ts";
import {
  aggregateFilter,
  askedSubject,
  eventSubject,
  familyFilter,
  paramsIn,
  readEventSubject,
  servedSubject,
} from "./subjects.ts";
import { AccountKey, CatalogName } from "./vocabulary.ts";

const [alice, bob] = [1, 2].map((byte) =>
  AccountKey.parse(encodePublicKey("account", new Uint8Array(32).fill(byte))),
) as [AccountKey, AccountKey];
const endpoint = {
  subject: "rooms.{room}.{door}.open",
  summary: "Open a door",
  params: z.strictObject({ room: z.string(), door: z.string() }),
  request: z.strictObject({}),
  reply: z.strictObject({}),
  errors: {},
};
const base = { name: "rooms", version: "0.1.0", description: "Rooms", endpoints: { open: endpoint } };
const theirs = defineService({ ...base, runsIn: "person" });
const ours = defineService({ ...base, runsIn: "platform" });

describe("an endpoint's subject", () => {
  test("is served with what is not fixed left open, and the caller in front on the platform", () => {
    expect(servedSubject(theirs, endpoint)).toBe("rooms.*.*.open");
    expect(servedSubject(theirs, endpoint, { room: "attic" })).toBe("rooms.attic.*.open");
    expect(servedSubject(ours, endpoint, { room: "attic", door: "left" })).toBe("*.rooms.attic.left.open");
  });

  test("is asked with everything filled in", () => {
    expect(askedSubject(endpoint, { room: "attic", door: "left" })).toBe("rooms.attic.left.open");
    expect(() => askedSubject(endpoint, { room: "attic" })).toThrow("rooms.{room}.{door}.open needs door");
  });

  test("gives back what was filled in", () => {
    expect(paramsIn(theirs, endpoint, "rooms.attic.left.open")).toEqual({ room: "attic", door: "left" });
    expect(paramsIn(ours, endpoint, `${alice}.rooms.attic.left.open`)).toEqual({ room: "attic", door: "left" });
    expect(paramsIn(theirs, endpoint, "rooms")).toEqual({ room: "", door: "" });
  });
});

describe("an event's subject", () => {
  const id = { owner: alice, catalog: CatalogName.parse("photos"), recipient: bob };
  const subject = `events.share.${alice}.photos.${bob}.shared`;

  test("holds the aggregate's id and the type, and is read back", () => {
    expect(eventSubject(shareEvents, id, "shared")).toBe(subject);
    expect(readEventSubject(shareEvents, subject)).toEqual({ id, type: "shared" });
  });

  test("says the same whenever it is read, also of another type, and what is refused once is refused again", () => {
    const wrong = `events.share.${alice}.PHOTOS.${bob}.shared`;
    for (let times = 0; times < 2; times++) {
      expect(readEventSubject(shareEvents, subject)).toEqual({ id, type: "shared" });
      expect(readEventSubject(shareEvents, eventSubject(shareEvents, id, "dropped"))).toEqual({ id, type: "dropped" });
      expect(readEventSubject(shareEvents, wrong)).toBeUndefined();
    }
  });

  test("is found by the filter of its aggregate, of its family, and of its type", () => {
    expect(aggregateFilter(shareEvents, id)).toBe(`events.share.${alice}.photos.${bob}.*`);
    expect(familyFilter(shareEvents)).toBe("events.share.*.*.*.*");
    expect(familyFilter(shareEvents, "shared")).toBe("events.share.*.*.*.shared");
  });

  test("of another family, with a token too few or too many, or an unsafe one, is none", () => {
    for (const other of [
      `events.shares.${alice}.photos.${bob}.shared`,
      `events.share.${alice}.photos.shared`,
      `${subject}.more`,
      `events.share.${alice}.PHOTOS.${bob}.shared`,
      `events.share.somebody.photos.${bob}.shared`,
      "events.share",
      "",
    ])
      expect(readEventSubject(shareEvents, other)).toBeUndefined();
  });

  test("is never made of an id that is not safe", () => {
    const unsafe = { ...id, catalog: "photos.*" as CatalogName };
    expect(() => eventSubject(shareEvents, unsafe, "shared")).toThrow(z.ZodError);
    expect(() => aggregateFilter(shareEvents, unsafe)).toThrow(z.ZodError);
  });
});
