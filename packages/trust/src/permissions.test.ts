import { platformServices, projectionSides, services, streamsServices } from "@natster/contracts/platform";
import { expect, test } from "vitest";
import { device } from "./fixtures.ts";
import { bootstrapPermissions, servicePermissions, streamsPermissions, streamsSubjects } from "./permissions.ts";

const user = device.public;
const names = platformServices;
const publishes = streamsSubjects;
const hears = (name: (typeof names)[number]) => servicePermissions(name, user).sub.allow;

test("codes answers exactly this, and says nothing of itself but that somebody tries a code", () => {
  expect(servicePermissions("codes", user)).toEqual({
    pub: { allow: ["feed.*.tries"] },
    sub: {
      allow: [
        "*.natster.codes.issue",
        "*.natster.codes.claim",
        "*.natster.codes.fulfil",
        "*.natster.codes.collect",
        "*.natster.codes.cancel",
        "*.natster.ops.codes.status",
        "$SRV.PING",
        "$SRV.PING.codes",
        "$SRV.PING.codes.*",
        "$SRV.INFO",
        "$SRV.INFO.codes",
        "$SRV.INFO.codes.*",
        "$SRV.STATS",
        "$SRV.STATS.codes",
        "$SRV.STATS.codes.*",
        "health.codes.*",
        `_INBOX.${user}.>`,
      ],
    },
    resp: { max: 1, ttl: 120_000_000_000 },
  });
});

test("codes says exactly this to the streams", () => {
  expect(streamsSubjects("codes")).toEqual([
    "events.code.>",
    "streams.STREAM.INFO.EVENTS",
    "streams.STREAM.MSG.GET.EVENTS",
    "streams.DIRECT.GET.EVENTS",
    "streams.DIRECT.GET.EVENTS.>",
    "streams.CONSUMER.MSG.NEXT.EVENTS.issued_codes",
    "streams.CONSUMER.INFO.EVENTS.issued_codes",
    "streams.CONSUMER.RESET.EVENTS.issued_codes",
    "streams.CONSUMER.UNPIN.EVENTS.issued_codes",
    "$JS.ACK.EVENTS.issued_codes.>",
    "timers.set.code.>",
    "streams.CONSUMER.MSG.NEXT.TIMERS.due_codes",
    "streams.CONSUMER.INFO.TIMERS.due_codes",
    "streams.CONSUMER.RESET.TIMERS.due_codes",
    "streams.CONSUMER.UNPIN.TIMERS.due_codes",
    "$JS.ACK.TIMERS.due_codes.>",
    "streams.DIRECT.GET.TIMERS",
    "$KV.open_codes.>",
    "streams.STREAM.INFO.KV_open_codes",
    "streams.STREAM.MSG.GET.KV_open_codes",
    "streams.DIRECT.GET.KV_open_codes",
    "streams.DIRECT.GET.KV_open_codes.>",
    "$KV.code_tries.>",
    "streams.STREAM.INFO.KV_code_tries",
    "streams.STREAM.MSG.GET.KV_code_tries",
    "streams.DIRECT.GET.KV_code_tries",
    "streams.DIRECT.GET.KV_code_tries.>",
  ]);
});

test("web holds nothing, so it reads and writes nothing", () => {
  expect(publishes("web")).toEqual([]);
  expect(hears("web")).toContain("*.natster.web.where");
});

test("each event has one service that may append it", () => {
  const owned = names.flatMap((name) => publishes(name).filter((subject) => subject.startsWith("events.")));
  expect(owned.toSorted()).toEqual(
    ["account", "catalog", "code", "handle", "projection.accounts", "projection.projector", "share"].map(
      (aggregate) => `events.${aggregate}.>`,
    ),
  );
});

test("each kind of timer has one service that may set it", () => {
  const set = names.flatMap((name) => publishes(name).filter((subject) => subject.startsWith("timers.")));
  expect(set.toSorted()).toEqual(["timers.set.catalog.>", "timers.set.code.>", "timers.set.share.>"]);
});

test("each bucket has one service that may write it", () => {
  const written = names.flatMap((name) => publishes(name).filter((subject) => subject.startsWith("$KV.")));
  expect(written.toSorted()).toEqual([...new Set(written)].toSorted());
  expect(written).toContain("$KV.access_a.>");
});

test("a projection's service consumes its durable, and may empty its bucket", () => {
  for (const { bucket, durable } of projectionSides) {
    expect(publishes(durable.service as (typeof names)[number])).toEqual(
      expect.arrayContaining([
        `streams.CONSUMER.MSG.NEXT.EVENTS.${durable.name}`,
        `streams.CONSUMER.INFO.EVENTS.${durable.name}`,
        `streams.CONSUMER.RESET.EVENTS.${durable.name}`,
        `$JS.ACK.EVENTS.${durable.name}.>`,
        `streams.STREAM.PURGE.KV_${bucket.name}`,
      ]),
    );
  }
});

test("only the projector speaks on the feed, but for what a projection could not take in, and wrong tries of codes", () => {
  const says = (name: (typeof names)[number]) => servicePermissions(name, user).pub.allow;
  expect(says("projector")).toEqual(["feed.*.>"]);
  expect(says("accounts")).toEqual(["feed.*.parked"]);
  expect(says("codes")).toEqual(["feed.*.tries"]);
  expect(names.filter((name) => says(name).length > 0).toSorted()).toEqual(["accounts", "codes", "projector"]);
});

test("no service may change a stream or a consumer, or answer for another", () => {
  for (const name of names) {
    for (const subject of publishes(name))
      expect(subject).not.toMatch(/^(>|\*|\$JS\.>|streams\.[*>])|\$JS\.API|CREATE|DELETE|UPDATE/);
    const others = names.filter((other) => other !== name).flatMap((other) => Object.values(services[other].endpoints));
    const heard = hears(name);
    for (const { subject } of others) expect(heard).not.toContain(`*.${subject}`);
    expect(heard.filter((subject) => subject.startsWith("_INBOX"))).toEqual([`_INBOX.${user}.>`]);
  }
});

test("the bootstrap user makes streams and restores events, and does no more", () => {
  expect(bootstrapPermissions(user)).toEqual({
    pub: { allow: ["$JS.API.>", "events.>"] },
    sub: { allow: [`_INBOX.${user}.>`] },
  });
});

test("in its own account a service hears its replies, and what it says is for the account's imports to carry", () => {
  expect(streamsPermissions(user)).toEqual({ pub: { allow: [">"] }, sub: { allow: [`_INBOX.${user}.>`] } });
  expect(streamsServices).not.toContain("web");
});

test("what ends in a bucket by itself is heard by the service that writes it, and by no other", () => {
  const heard = "streams.CONSUMER.MSG.NEXT.KV_presence.silences";
  expect(names.filter((name) => publishes(name).includes(heard))).toEqual(["projector"]);
  expect(publishes("projector")).toContain("$KV.presence.>");
});

test("where the log is projected in parts the projector reaches each part's durable and record, and nobody else does", () => {
  const more = streamsSubjects("projector", [3, 1]).filter((subject) => !publishes("projector").includes(subject));
  const verbs = ["MSG.NEXT", "INFO", "RESET", "UNPIN"];
  for (const side of ["shares_a", "shares_b"]) {
    for (const part of [0, 1, 2]) {
      const name = `${side}_3_${part}`;
      expect(more).toEqual(
        expect.arrayContaining([
          ...verbs.map((verb) => `streams.CONSUMER.${verb}.EVENTS.${name}`),
          `$JS.ACK.EVENTS.${name}.>`,
          `$KV.projections.${name}`,
        ]),
      );
    }
  }
  // Counters are filled in one part.
  expect(more.filter((subject) => subject.includes("stats"))).toEqual([]);
  for (const name of names.filter((each) => each !== "projector")) {
    expect(streamsSubjects(name, [3, 1])).toEqual(publishes(name));
  }
});
