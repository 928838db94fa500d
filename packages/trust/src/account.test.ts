import { decode } from "@nats-io/jwt";
import { UserKey } from "@natster/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { accountJwt, type AccountState, renderAccount } from "./account.ts";
import { alice, bob, device, music, now, photos, platform } from "./fixtures.ts";
import { signGrant } from "./grant.ts";
import { createKey } from "./key.ts";

const grant = signGrant(bob, { recipient: alice.public, catalog: music, issuedAt: now });
const state: AccountState = {
  account: alice.public,
  name: "alice",
  status: "open",
  administrator: false,
  exports: [{ catalog: photos, revocations: { [bob.public]: now } }],
  imports: [{ owner: bob.public, catalog: music, grant }],
  userRevocations: { [device.public]: now - 5 },
};
const render = (changes: Partial<AccountState> = {}) =>
  renderAccount({ ...state, ...changes }, { platform, issuedAt: now });

test("everybody reaches the platform under the own name, and hears the own feed", () => {
  expect(render({ imports: [] }).nats.imports).toEqual([
    {
      name: "platform",
      subject: `${alice.public}.natster.>`,
      local_subject: "natster.>",
      account: platform,
      type: "service",
      share: true,
    },
    { name: "feed", subject: `feed.${alice.public}.>`, local_subject: "feed.>", account: platform, type: "stream" },
  ]);
});

test("an administrator reaches the platform's services too, under the name that every NATS tool uses", () => {
  const services = { name: "services", subject: "$SRV.>", account: platform, type: "service" };
  expect(render({ administrator: true }).nats.imports).toContainEqual(services);
  expect(render().nats.imports).not.toContainEqual(services);
});

test("a catalog is offered to those who hold a grant, but for those who are revoked", () => {
  expect(render().nats.exports).toEqual([
    {
      name: "photos",
      subject: "files.photos.>",
      type: "service",
      token_req: true,
      response_type: "Singleton",
      revocations: { [bob.public]: now },
    },
  ]);
  const retired = render({ exports: [{ catalog: photos, revocations: { "*": now } }] });
  expect(retired.nats.exports?.[0]?.revocations).toEqual({ "*": now });
});

test("a catalog that was accepted is imported with its grant, under its owner's key", () => {
  expect(render().nats.imports).toContainEqual({
    name: "music",
    subject: "files.music.>",
    local_subject: `shared.${bob.public}.music.>`,
    account: bob.public,
    type: "service",
    token: grant,
  });
});

test("revoked devices are named, and the account's own key is the one that makes users", () => {
  expect(render().nats).toMatchObject({ revocations: { [device.public]: now - 5 }, signing_keys: [alice.public] });
});

test.each(["suspended", "closed"] as const)("an account that is %s imports, exports and connects nothing", (status) => {
  expect(render({ status, administrator: true }).nats).toMatchObject({
    imports: [],
    exports: [],
    limits: { conn: 0, leaf: 0, imports: 0, exports: 0, mem_storage: 0, disk_storage: 0 },
    revocations: { [device.public]: now - 5 },
  });
});

test("every limit is written out: what is missing would be zero", () => {
  const limits = render({ limits: { conn: 7 } }).nats.limits;
  expect(limits).toEqual({
    subs: 1000,
    data: -1,
    payload: -1,
    imports: -1,
    exports: -1,
    wildcards: true,
    conn: 7,
    leaf: 0,
    disallow_bearer: true,
    mem_storage: 0,
    disk_storage: 0,
    streams: 0,
    consumer: 0,
    max_ack_pending: 0,
    mem_max_stream_bytes: 0,
    disk_max_stream_bytes: 0,
    max_bytes_required: false,
  });
});

test("the order in which facts arrived does not show in the JWT", () => {
  const signer = createKey("operator");
  const owners = [createKey("account").public, createKey("account").public, bob.public];
  const users = owners.map(() => createKey("user").public);
  const full = {
    exports: [music, photos].map((catalog) => ({
      catalog,
      revocations: Object.fromEntries(owners.map((key) => [key, now])),
    })),
    imports: owners.flatMap((owner) => [music, photos].map((catalog) => ({ owner, catalog, grant }))),
    userRevocations: Object.fromEntries(users.map((key) => [key, now])),
  };
  const context = { platform, issuedAt: now, signer };
  const jwt = accountJwt({ ...state, ...full }, context);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(full.imports, { minLength: 6 }),
      fc.shuffledSubarray(full.exports, { minLength: 2 }),
      fc.shuffledSubarray(users, { minLength: 3 }),
      (imports, exports, revoked) => {
        const userRevocations = Object.fromEntries(revoked.map((key) => [UserKey.parse(key), now]));
        expect(accountJwt({ ...state, imports, exports, userRevocations }, context)).toBe(jwt);
      },
    ),
    { numRuns: 20 },
  );
});

test("NATS's own library reads an account JWT, signed by the operator and dated as it was told", () => {
  const signer = createKey("operator");
  expect(decode(accountJwt(state, { platform, issuedAt: now, signer }))).toMatchObject({
    iat: now,
    iss: signer.public,
    sub: alice.public,
    name: "alice",
    nats: { type: "account", version: 2 },
  });
  expect(render({ name: undefined }).name).toBe(alice.public);
});
