/**
 * What was taken back stays taken back at the file-server itself: where nats-server lets everybody in, where the
 * platform says nothing, after a restart, and for sessions that are open. Each attack comes from inside Alice's own
 * account, over a border that is open, with all that Carol has.
 */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { revocationsSaid } from "@natster/contracts/borders";
import type { ServedCatalog } from "@natster/file-server";
import { accept, createDevice, revokeDevice, share, unshare } from "@natster/person";
import {
  createOpeningKey,
  parseCreds,
  type SessionDevice,
  signGrant,
  signOpen,
  signRevocation,
  userJwt,
} from "@natster/trust";
import { createKey } from "@natster/trust";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { until } from "./attack.fixture.ts";
import type { Raw } from "./raw.fixture.ts";
import { digestOf, now, openServed, outcomeOf, photos, picture, type Served } from "./served.fixture.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let served: Served;
let serving: ServedCatalog;
/** Inside Alice's account: whoever runs nats-server may be there, and may write any header. */
let inside: Raw;
beforeAll(async () => {
  served = await openServed({ apart: ["projector"] });
  inside = await served.device(served.alice);
  await serve();
});
afterAll(async () => {
  await serving?.stop();
  await served?.[Symbol.asyncDispose]();
});

const serve = async () => {
  await serving?.stop();
  serving = await served.serve({ state: join(served.system.directory, "state"), lookEvery: 500 });
};
/** Opens as a device of Carol's, or of Alice's, whatever nats-server would say. */
const open = async (device: SessionDevice, grant: string | undefined, account: string = served.carol.account) => {
  const wanted = { purpose: "files", owner: served.alice.account, catalog: photos } as const;
  const { public: key } = await createOpeningKey();
  const signed = await signOpen({ device, wanted, grant, key, now: now() });
  return inside.ask(`files.${photos}.open`, signed, { "Nats-Request-Info": JSON.stringify({ acc: account }) });
};
/** A grant by which Carol gets in, given in a second in which nothing was taken back. */
const given = async (): Promise<string> => {
  const { alice, carol } = served;
  await share(alice, alice.key, { catalog: photos, recipient: carol.account });
  await accept(carol, { owner: alice.account, catalog: photos });
  const standing = await vi.waitFor(async () => {
    const { share: visible } = await carol.library.catalog({ owner: alice.account, catalog: photos });
    if (!visible) throw new Error("nothing was shared");
    return visible;
  }, 20_000);
  expect(await open(served.phone.device, standing.grant), "before it is taken back").toBe("answered");
  return standing.grant;
};
const refuses = (grant: string) =>
  until(
    () => open(served.phone.device, grant),
    (how) => how === "refused 403 revoked",
  );

test("after an unshare the file-server refuses by itself, and after a restart too; what is given anew opens", async () => {
  const grant = await given();
  await unshare(served.alice, photos, served.carol.account);
  await refuses(grant);
  await serve();
  expect(await open(served.phone.device, grant)).toBe("refused 403 revoked");
  await given();
});

test("what was taken back while nobody served is known from the first moment", async () => {
  const grant = await given();
  await serving.stop();
  await unshare(served.alice, photos, served.carol.account);
  // The trail is another read model than the shares: it is there by now, or in a moment.
  await until(
    async () => (await served.alice.library.activity({ limit: 3 })).rows.map(({ event }) => event),
    (events) => events.includes("unshared"),
  );
  serving = await served.serve({ lookEvery: 3_600_000 });
  expect(await open(served.phone.device, grant)).toBe("refused 403 revoked");
  await given();
  await serve();
});

test("a session that is open ends with what it rests on", async () => {
  await given();
  using catalog = await served.read();
  const range = { digest: digestOf(picture), offset: 0, length: 100 };
  expect((await catalog.read(range)).length).toBe(100);
  await unshare(served.alice, photos, served.carol.account);
  const how = await outcomeOf(() => catalog.read(range));
  // Whichever is first to know: nats-server, or the instance.
  expect(["NobodyAnswersError", "NotAdmittedError revoked"]).toContain(how);
  await given();
});

test("a device of Alice's own that was revoked opens nothing, after a restart either; her others do", async () => {
  const { alice } = served;
  const [lost, kept] = [0, 1].map(() => parseCreds(createDevice(alice.key, { name: "tablet", role: "browser" })));
  if (!lost || !kept) throw new Error("no devices");
  await alice.accounts.device({ jwt: lost.jwt });
  const opens = (device: SessionDevice) => open(device, undefined, alice.account);
  expect([await opens(lost), await opens(kept)]).toEqual(["answered", "answered"]);
  await revokeDevice(alice, lost.key.public);
  await until(
    () => opens(lost),
    (how) => how === "refused 403 revoked",
  );
  await serve();
  expect([await opens(lost), await opens(kept)]).toEqual(["refused 403 revoked", "answered"]);
});

test("nobody but the account key takes anything back by a word inside the account", async () => {
  const grant = await given();
  const { alice, bob, carol } = served;
  const taken = { to: carol.account, catalog: photos, until: now() } as const;
  const signingKey = createKey("account");
  const other = { ...taken, catalog: "music" as typeof photos };
  for (const said of [
    signRevocation(bob.key, taken),
    signRevocation(signingKey, taken),
    signRevocation(alice.key, other),
    grant,
    "",
    "{}",
  ])
    expect(await inside.say(revocationsSaid, said)).toBe("sent");
  // Nor does a recipient: nobody imports that subject.
  const phone = await served.device(carol, { role: "browser" });
  expect(await phone.ask(served.shared(`files.${photos}.revoked`), signRevocation(alice.key, taken))).toBe(
    "no responders",
  );
  expect(await open(served.phone.device, grant)).toBe("answered");

  // The twin: the account key does.
  await inside.say(revocationsSaid, signRevocation(alice.key, taken));
  await refuses(grant);
  // And what it gave after that second opens.
  while (now() <= taken.until) await setTimeout(100);
  const anew = signGrant(alice.key, { catalog: photos, recipient: carol.account, issuedAt: now() });
  expect(await open(served.phone.device, anew)).toBe("answered");
});

test("with a platform that says nothing, what the owner signed is obeyed, kept, and obeyed after a restart", async () => {
  const { alice, carol, system } = served;
  const issuedAt = now();
  const grant = signGrant(alice.key, { catalog: photos, recipient: carol.account, issuedAt });
  const phone = { key: createKey("user") };
  const user = { user: phone.key.public, name: "phone", role: "browser", issuedAt } as const;
  const device = { ...phone, jwt: userJwt(carol.key, user) };
  await until(
    () => open(device, grant),
    (how) => how === "answered",
  );
  // From here on no notice comes and no question is answered.
  await system.processes.kill("projector");
  await unshare(alice, photos, carol.account, alice.key);
  await until(
    () => open(device, grant),
    (how) => how === "refused 403 revoked",
  );
  await serve();
  expect(await open(device, grant)).toBe("refused 403 revoked");
  // The twin: what was not taken back opens, with the platform as silent.
  const own = parseCreds(createDevice(alice.key, { name: "laptop", role: "owner" }));
  expect(await open(own, undefined, alice.account)).toBe("answered");
});
