import { type PlatformService, platformServices, projectionSides, services } from "@natster/contracts/platform";
import { expect, test } from "vitest";
import { maxControlLine } from "@natster/nats-server";
import { alice, device, now } from "./fixtures.ts";
import { bootstrapPermissions, pusherPermissions, servicePermissions } from "./permissions.ts";
import { userJwt } from "./user.ts";

const user = device.public;
const names = platformServices;
const publishes = (name: PlatformService) => servicePermissions(name, user).pub.allow;
const hears = (name: PlatformService) => servicePermissions(name, user).sub.allow;

test("codes may do exactly this", () => {
  expect(servicePermissions("codes", user)).toEqual({
    pub: {
      allow: [
        "events.code.>",
        "$JS.API.STREAM.INFO.EVENTS",
        "$JS.API.STREAM.MSG.GET.EVENTS",
        "$JS.API.DIRECT.GET.EVENTS",
        "$JS.API.DIRECT.GET.EVENTS.>",
        "$JS.API.CONSUMER.MSG.NEXT.EVENTS.issued_codes",
        "$JS.API.CONSUMER.INFO.EVENTS.issued_codes",
        "$JS.API.CONSUMER.RESET.EVENTS.issued_codes",
        "$JS.API.CONSUMER.UNPIN.EVENTS.issued_codes",
        "$JS.ACK.EVENTS.issued_codes.>",
        "timers.set.code.>",
        "$JS.API.CONSUMER.MSG.NEXT.TIMERS.due_codes",
        "$JS.API.CONSUMER.INFO.TIMERS.due_codes",
        "$JS.API.CONSUMER.RESET.TIMERS.due_codes",
        "$JS.API.CONSUMER.UNPIN.TIMERS.due_codes",
        "$JS.ACK.TIMERS.due_codes.>",
        "$KV.open_codes.>",
        "$JS.API.STREAM.INFO.KV_open_codes",
        "$JS.API.STREAM.MSG.GET.KV_open_codes",
        "$JS.API.DIRECT.GET.KV_open_codes",
        "$JS.API.DIRECT.GET.KV_open_codes.>",
        "$KV.code_tries.>",
        "$JS.API.STREAM.INFO.KV_code_tries",
        "$JS.API.STREAM.MSG.GET.KV_code_tries",
        "$JS.API.DIRECT.GET.KV_code_tries",
        "$JS.API.DIRECT.GET.KV_code_tries.>",
      ],
    },
    sub: {
      allow: [
        "*.natster.codes.issue",
        "*.natster.codes.claim",
        "*.natster.codes.fulfil",
        "*.natster.codes.collect",
        "*.natster.codes.cancel",
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
    expect(publishes(durable.service as PlatformService)).toEqual(
      expect.arrayContaining([
        `$JS.API.CONSUMER.MSG.NEXT.EVENTS.${durable.name}`,
        `$JS.API.CONSUMER.INFO.EVENTS.${durable.name}`,
        `$JS.API.CONSUMER.RESET.EVENTS.${durable.name}`,
        `$JS.ACK.EVENTS.${durable.name}.>`,
        `$JS.API.STREAM.PURGE.KV_${bucket.name}`,
      ]),
    );
  }
});

test("only the projector speaks on the feed, but for notices of what a projection could not take in", () => {
  const speaks = (name: (typeof names)[number]) => publishes(name).filter((subject) => subject.startsWith("feed."));
  expect(speaks("projector")).toEqual(["feed.*.>"]);
  expect(speaks("accounts")).toEqual(["feed.*.parked"]);
  expect(names.filter((name) => speaks(name).length > 0).toSorted()).toEqual(["accounts", "projector"]);
});

test("no service may change a stream or a consumer, or answer for another", () => {
  for (const name of names) {
    for (const subject of publishes(name))
      expect(subject).not.toMatch(/^(>|\*|\$JS\.>|\$JS\.API\.>|\$JS\.API\.[*>])|CREATE|DELETE|UPDATE/);
    const others = names.filter((other) => other !== name).flatMap((other) => Object.values(services[other].endpoints));
    const heard = hears(name);
    for (const { subject } of others) expect(heard).not.toContain(`*.${subject}`);
    expect(heard.filter((subject) => subject.startsWith("_INBOX"))).toEqual([`_INBOX.${user}.>`]);
  }
});

test("the bootstrap user makes streams, the pusher tells about accounts, and neither does more", () => {
  expect(bootstrapPermissions(user)).toEqual({ pub: { allow: ["$JS.API.>"] }, sub: { allow: [`_INBOX.${user}.>`] } });
  expect(pusherPermissions(user)).toEqual({
    pub: { allow: ["$SYS.REQ.CLAIMS.UPDATE", "$SYS.REQ.CLAIMS.LIST", "$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP"] },
    sub: { allow: [`_INBOX.${user}.>`] },
  });
});

test("what a service may do, written out in its JWT, fits the line in which it connects", () => {
  for (const name of names) {
    const jwt = userJwt(alice, { user, name, issuedAt: now, permissions: servicePermissions(name, user) });
    // The rest of that line is a signature, versions and names.
    expect(jwt.length).toBeLessThan(maxControlLine - 2_048);
  }
});

test("what ends in a bucket by itself is heard by the service that writes it, and by no other", () => {
  const heard = "$JS.API.CONSUMER.MSG.NEXT.KV_presence.silences";
  expect(names.filter((name) => publishes(name).includes(heard))).toEqual(["projector"]);
  expect(publishes("projector")).toContain("$KV.presence.>");
});
