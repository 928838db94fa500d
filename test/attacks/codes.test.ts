/**
 * Attacks on one-time codes, devices, grants and public catalogs, on the composed system. Beside each stands what is
 * legitimate and succeeds, so that nothing passes by refusing everybody.
 */
import { AccountKey, CatalogName, CodeId, type EventOf } from "@natster/contracts";
import { catalog as catalogContract, catalogEvents } from "@natster/contracts/catalog";
import { codeEvents, codes as codesContract } from "@natster/contracts/codes";
import { client, connect, silentLog } from "@natster/micro";
import { defineAggregate } from "@natster/micro/aggregate";
import type { FeedNotice } from "@natster/contracts/library";
import { openEventLog } from "@natster/micro/event-log";
import { openRoom } from "@natster/micro/room";
import {
  accept,
  addDevice,
  type CodeStore,
  connectDevice,
  type FulfillerEvent,
  invite,
  issueDeviceCode,
  issueShareCode,
  memoryClaimStore,
  memoryCodeStore,
  notices,
  type PendingClaim,
  type Person,
  prepareClaim,
  redeem,
  share,
  startFulfiller,
  visitLobby,
} from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import {
  type Code,
  createCode,
  createKey,
  encodeJwt,
  openAnswer,
  readJwt,
  readPublication,
  signGrant,
  signPublication,
} from "@natster/trust";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

// A whole system, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const [photos, music] = [CatalogName.parse("photos"), CatalogName.parse("music")];
const now = () => Math.floor(Date.now() / 1000);

let system: TestSystem;
let alice: TestPerson;
let bob: TestPerson;
let eve: TestPerson;

beforeAll(async () => {
  system = await startSystem();
  alice = system.administrator;
  [bob, eve] = await Promise.all([system.person("bob"), system.person("eve")]);
  for (const catalog of [photos, music]) await alice.catalog.create({ catalog });
});
afterAll(() => system?.[Symbol.asyncDispose]());

/** Alice's serving process, for the length of a test. */
async function serving(store: CodeStore) {
  const told: FulfillerEvent[] = [];
  const fulfiller = await startFulfiller(alice, { account: alice.key, store, tell: (event) => told.push(event) });
  onTestFinished(() => fulfiller[Symbol.asyncDispose]());
  return { told, fulfiller };
}

const aNewcomer = () => ({ device: createKey("user"), account: createKey("account") });
const sent = ({ id, transcript, gate, peer }: PendingClaim) => ({ id, transcript, gate, peer });
const claimFromLobby = (claim: PendingClaim) =>
  visitLobby(system.platform.place, (connection) => client(codesContract, connection).claim(sent(claim)));
const collectFromLobby = (id: CodeId, claim: string) =>
  visitLobby(system.platform.place, (connection) => client(codesContract, connection).collect({ id, claim }));

/** Appends whatever it likes with a service's own creds: a hostile platform, which knows everything that it stores. */
async function hostile(name: "codes" | "catalog") {
  const connection = await connect({
    servers: system.platform.nats.url,
    creds: { file: system.platform.installation.creds(`${name}-streams`) },
    name: "hostile",
    log: silentLog(),
  });
  onTestFinished(() => connection.close());
  const log = await openEventLog(
    connection,
    name === "codes" ? codesContract : catalogContract,
    await openRoom(connection, 1_000),
  );
  const caller = { account: AccountKey.parse(createKey("account").public), newcomer: false, administrator: false };
  const command = () => ({ id: crypto.randomUUID(), name: "hostile.append", caller });
  const code = defineAggregate({ events: codeEvents, initial: 0, evolve: (state) => state });
  const aCatalog = defineAggregate({ events: catalogEvents, initial: 0, evolve: (state) => state });
  return {
    code: (id: CodeId, event: EventOf<typeof codeEvents>) => log.append(code, { code: id }, () => [event], command()),
    catalog: (catalog: CatalogName, event: EventOf<typeof catalogEvents>) =>
      log.append(aCatalog, { owner: alice.account, catalog }, () => [event], command()),
  };
}

const devices = async () => (await alice.library.devices({})).rows.length;
const sharedWith = async (catalog: CatalogName) =>
  (await alice.library.shares({ catalog })).rows.map(({ recipient }) => recipient);

describe("a code", () => {
  test("is not claimed twice, by whoever knows it", async () => {
    const store = memoryCodeStore();
    await serving(store);
    const code = await issueShareCode(alice, { catalog: photos }, store);
    await expect(redeem(system.platform.place, code, { person: bob })).resolves.toMatchObject({ catalog: photos });
    await expect(redeem(system.platform.place, code, { person: eve })).rejects.toMatchObject({
      reason: "code_claimed",
    });
    expect(await sharedWith(photos)).not.toContain(eve.account);
  });

  test("whose claim is replayed gives the replayer nothing that can be opened", async () => {
    const store = memoryCodeStore();
    await serving(store);
    const code = await issueShareCode(alice, { catalog: photos }, store);
    const claim = await prepareClaim(code, aNewcomer());
    const first = await claimFromLobby(claim);
    expect(await claimFromLobby(claim), "the same claim gets the same answer").toEqual(first);
    await expect.poll(() => collectFromLobby(code.id, claim.hash)).toMatchObject({ state: "answered" });
    const { answer = "" } = (await collectFromLobby(code.id, claim.hash)) as { answer?: string };
    const context = { id: code.id, claim: claim.hash, seal: Buffer.from(claim.seal, "base64url") };
    const replayer = await prepareClaim(code, aNewcomer());
    expect(await openAnswer(answer, replayer.answerKey, context)).toEqual({ refused: "answer_forged" });
    expect(await openAnswer(answer, claim.answerKey, context)).toMatchObject({ answer: { catalog: photos } });
  });

  test.for(["user", "answerTo", "account", "claims"] as const)(
    "is not claimed with another %s under way",
    async (field) => {
      const code = await issueShareCode(alice, { catalog: photos }, memoryCodeStore());
      const claim = await prepareClaim(code, aNewcomer());
      const mine = await prepareClaim(createCode("share"), aNewcomer());
      const swapped = { ...claim, transcript: { ...claim.transcript, [field]: mine.transcript[field] } };
      await expect(claimFromLobby(swapped)).rejects.toMatchObject({ reason: "code_wrong", code: 403 });
      await expect(claimFromLobby(claim)).resolves.toMatchObject({ claim: claim.hash });
    },
  );

  test("that is guessed at is told of to its issuer, who hears of twice as many and not of each", async () => {
    const heard: FeedNotice[] = [];
    void (async () => {
      for await (const notice of notices(alice)) heard.push(notice);
    })();
    await alice.connection.flush();
    const code = await issueShareCode(alice, { catalog: photos }, memoryCodeStore());
    const guess = await prepareClaim({ ...createCode("share"), id: code.id }, aNewcomer());
    const told = () =>
      heard.flatMap((notice) => (notice.kind === "tries" && notice.code === code.id ? [notice.count] : []));
    for (let time = 1; time <= 5; time++)
      await expect(claimFromLobby(guess)).rejects.toMatchObject({ reason: "code_wrong" });
    await expect.poll(() => told().at(-1)).toBeGreaterThanOrEqual(4);
    expect(told().length).toBeLessThanOrEqual(3);
    const count = async () => (await alice.library.codes({ code: code.id })).rows[0]?.tries?.count;
    await expect.poll(count, { timeout: 20_000 }).toBe(5);
    // The twin: whoever knows it, claims it, and nobody is told of a wrong try.
    await expect(claimFromLobby(await prepareClaim(code, aNewcomer()))).resolves.toHaveProperty("claim");
    expect(told().length).toBeLessThanOrEqual(3);
  });

  test("is not guessed, and its issuer sees that somebody tried", async () => {
    const store = memoryCodeStore();
    const code = await issueShareCode(alice, { catalog: photos }, store);
    const guess = await prepareClaim({ ...code, secret: createCode("share").secret }, aNewcomer());
    const guesses = await Promise.allSettled(Array.from({ length: 20 }, () => claimFromLobby(guess)));
    expect(guesses.map((each) => each.status === "rejected" && (each.reason as { reason: string }).reason)).toEqual(
      guesses.map(() => "code_wrong"),
    );
    const seen = async () => (await alice.library.codes({ code: code.id })).rows[0]?.tries?.count;
    await expect.poll(seen).toBe(20);
    const right = await prepareClaim(code, aNewcomer());
    await expect(claimFromLobby(right)).resolves.toMatchObject({ claim: right.hash });
  });

  test("is not used up by guessing ids", async () => {
    const code = await issueShareCode(alice, { catalog: photos }, memoryCodeStore());
    const claim = await prepareClaim(createCode("share"), aNewcomer());
    const { refused } = await visitLobby(system.platform.place, async (connection) => {
      const ask = client(codesContract, connection);
      const asked = Array.from({ length: 200 }, () => ask.claim({ ...sent(claim), id: createCode("share").id }));
      const said = await Promise.allSettled([...asked, ask.claim({ ...sent(claim), id: code.id })]);
      return { refused: said.map((each) => each.status === "rejected" && (each.reason as { reason: string }).reason) };
    });
    expect(new Set(refused)).toEqual(new Set(["code_unknown", "code_wrong"]));
    await expect(claimFromLobby(await prepareClaim(code, aNewcomer()))).resolves.toHaveProperty("claim");
  });

  test("that was tried wrongly runs out on time all the same", async () => {
    const store = memoryCodeStore();
    const [code, other] = await Promise.all([
      issueShareCode(alice, { catalog: photos, expiresIn: 4 }, store),
      issueShareCode(alice, { catalog: photos, expiresIn: 600 }, store),
    ]);
    const wrong = async ({ id }: Code) => prepareClaim({ ...createCode("share"), id }, aNewcomer());
    const [guess, otherGuess, right, otherRight] = await Promise.all([
      wrong(code),
      wrong(other),
      prepareClaim(code, aNewcomer()),
      prepareClaim(other, aNewcomer()),
    ]);
    const until = Date.now() + 4_000;
    while (Date.now() < until) {
      await Promise.allSettled([claimFromLobby(guess), claimFromLobby(otherGuess)]);
    }
    await expect(claimFromLobby(right)).rejects.toMatchObject({ reason: "code_unknown" });
    const state = async () => (await alice.library.codes({ code: code.id })).rows[0]?.state;
    await expect.poll(state, { timeout: 20_000 }).toBe("expired");
    await expect(claimFromLobby(otherRight)).resolves.toHaveProperty("claim");
  });

  test("is claimed for an account by nobody but that account", async () => {
    const store = memoryCodeStore();
    await serving(store);
    const letters = CatalogName.parse("letters");
    await alice.catalog.create({ catalog: letters });
    const code = await issueShareCode(alice, { catalog: letters }, store);
    const forBob = await prepareClaim(code, { device: createKey("user"), account: bob.account });
    await expect(claimFromLobby(forBob)).rejects.toMatchObject({ reason: "claims_invalid" });
    await expect(eve.codes.claim(sent(forBob))).rejects.toMatchObject({ reason: "claims_invalid" });
    await expect(bob.codes.claim(sent(forBob))).resolves.toMatchObject({ claim: forBob.hash });
  });

  test("is answered, cancelled and collected by nobody else than those it concerns", async () => {
    const store = memoryCodeStore();
    const code = await issueShareCode(alice, { catalog: photos }, store);
    await expect(eve.codes.cancel({ id: code.id })).rejects.toMatchObject({ reason: "code_unknown" });
    const claim = await prepareClaim(code, aNewcomer());
    await claimFromLobby(claim);
    const forged = { id: code.id, claim: claim.hash, answer: "A".repeat(64) };
    await expect(eve.codes.fulfil(forged)).rejects.toMatchObject({ reason: "code_unknown" });
    const mine = await prepareClaim(code, aNewcomer());
    await expect(collectFromLobby(code.id, mine.hash)).rejects.toMatchObject({ reason: "claim_other" });
    await expect(collectFromLobby(code.id, claim.hash)).resolves.toMatchObject({ state: "waiting" });
  });

  test("that admits somebody is issued by administrators alone", async () => {
    const { id } = createCode("enrol");
    const request = { id, offer: { purpose: "enrol" }, gate: "A".repeat(43), expiresIn: 60 } as const;
    await expect(eve.codes.issue(request)).rejects.toMatchObject({ reason: "not_allowed", code: 403 });
    await expect(eve.codes.issue({ ...request, offer: { purpose: "share", catalog: photos } })).rejects.toMatchObject({
      reason: "purpose_other",
    });
    await expect(redeem(system.platform.place, await invite(alice))).resolves.toMatchObject({ purpose: "enrol" });
  });
});

describe("a hostile platform", () => {
  test("cannot claim a code: it holds the gate, and the issuer checks with another key", async () => {
    const store = memoryCodeStore();
    const { told } = await serving(store);
    const before = await devices();
    const platform = await hostile("codes");
    const code = await issueDeviceCode(alice, { name: "phone", role: "owner" }, store);
    const { transcript, peer, hash } = await prepareClaim(
      { ...code, secret: "000000000000" },
      { device: createKey("user") },
    );
    await platform.code(code.id, { type: "claimed", data: { issuer: alice.account, transcript, peer, hash } });
    await expect.poll(() => told).toMatchObject([{ kind: "refused", id: code.id, reason: "claim_forged" }]);
    expect(await devices()).toBe(before);

    const another = await issueDeviceCode(alice, { name: "phone", role: "browser" }, store);
    await expect(redeem(system.platform.place, another)).resolves.toMatchObject({ purpose: "device" });
  });

  test("cannot put its own keys into somebody's claim", async () => {
    const store = memoryCodeStore();
    const { told } = await serving(store);
    const platform = await hostile("codes");
    const code = await issueShareCode(alice, { catalog: photos }, store);
    const claim = await prepareClaim(code, aNewcomer());
    const own = await prepareClaim(createCode("share"), aNewcomer());
    for (const field of ["user", "answerTo", "account"] as const) {
      const transcript = { ...claim.transcript, [field]: own.transcript[field] };
      const data = { issuer: alice.account, transcript, peer: claim.peer, hash: claim.hash };
      await platform.code(code.id, { type: "claimed", data });
    }
    await expect.poll(() => told.length).toBeGreaterThan(0);
    expect(new Set(told.map((event) => (event.kind === "refused" ? event.reason : event.kind)))).toEqual(
      new Set(["claim_forged"]),
    );
    // The claim as it was made is answered still, to the keys that are in it.
    const { transcript, peer, hash } = claim;
    await platform.code(code.id, { type: "claimed", data: { issuer: alice.account, transcript, peer, hash } });
    await expect.poll(() => told.at(-1)).toMatchObject({ kind: "answered", user: transcript.user });
  });

  const swaps = [
    ["purpose", { offer: { purpose: "device", role: "owner", maySign: true } }],
    ["catalog", { offer: { purpose: "share", catalog: music } }],
    ["until", { offer: { purpose: "share", catalog: photos, until: "2100-01-01T00:00:00.000Z" } }],
    ["device", { device: createKey("user").public }],
    ["expires", { expires: "2100-01-01T00:00:00.000Z" }],
  ] as const;
  test.for(swaps)(
    "changes the %s of a code's context, and the issuer gives what its own record says",
    async ([, swap]) => {
      const store = memoryCodeStore();
      const { told } = await serving(store);
      const platform = await hostile("codes");
      const until = now() + 3_600;
      const code = await issueShareCode(alice, { catalog: photos, until, audience: bob.account }, store);
      const expires = new Date(Date.now() + 60_000).toISOString();
      const offer = { purpose: "share", catalog: photos } as const;
      await platform.code(code.id, { type: "issued", data: { issuer: alice.account, offer, expires, ...swap } });
      await redeem(system.platform.place, code, { person: bob });
      expect(told).toMatchObject([{ kind: "answered", gift: { purpose: "share", catalog: photos, until } }]);
      await expect
        .poll(async () => (await bob.library.shared({})).rows.find(({ catalog }) => catalog === photos)?.expires)
        .toBe(new Date(until * 1_000).toISOString());
      expect(await sharedWith(music)).not.toContain(bob.account);
    },
  );

  test("forgets a code's audience, and the issuer does not", async () => {
    const store = memoryCodeStore();
    const { told } = await serving(store);
    const platform = await hostile("codes");
    const code = await issueShareCode(alice, { catalog: music, audience: bob.account }, store);
    const { transcript, peer, hash } = await prepareClaim(code, { device: createKey("user"), account: eve.account });
    await platform.code(code.id, { type: "claimed", data: { issuer: alice.account, transcript, peer, hash } });
    await expect.poll(() => told).toMatchObject([{ kind: "refused", reason: "not_for_claimant" }]);
    expect(await sharedWith(music)).not.toContain(eve.account);
    const another = await issueShareCode(alice, { catalog: music, audience: bob.account }, store);
    await expect(redeem(system.platform.place, another, { person: bob })).resolves.toMatchObject({ catalog: music });
  });

  test("keeps a code beyond its time, and the issuer does not answer it", async () => {
    const store = memoryCodeStore();
    const { told, fulfiller } = await serving(store);
    const platform = await hostile("codes");
    const code = await issueShareCode(alice, { catalog: music, expiresIn: 1 }, store);
    const { transcript, peer, hash } = await prepareClaim(code, { device: createKey("user"), account: eve.account });
    await expect.poll(() => now()).toBeGreaterThan(now() + 1);
    await platform.code(code.id, { type: "claimed", data: { issuer: alice.account, transcript, peer, hash } });
    await fulfiller.look();
    await expect.poll(() => store.ids()).toEqual([]);
    expect(told).toEqual([]);
    expect(await sharedWith(music)).not.toContain(eve.account);
  });

  test("presents two claimants who both know the code, and one is answered for ever", async () => {
    const store = memoryCodeStore();
    const platform = await hostile("codes");
    const code = await issueShareCode(alice, { catalog: music }, store);
    const claims = await Promise.all(
      [bob, eve].map(({ account }) => prepareClaim(code, { device: createKey("user"), account })),
    );
    const [first, second] = claims;
    if (!first || !second) throw new Error("no claims");
    const present = ({ transcript, peer, hash }: PendingClaim) =>
      platform.code(code.id, { type: "claimed", data: { issuer: alice.account, transcript, peer, hash } });
    await present(first);
    await store.decide(code.id, { hash: first.hash, transcript: first.transcript, at: now() });
    const after = await present(second);
    await alice.library.codes({ after });
    const { told } = await serving(store);
    await expect.poll(() => told).toMatchObject([{ kind: "refused", reason: "claim_other" }]);
    expect(await sharedWith(music)).not.toContain(eve.account);
    await present(first);
    await expect.poll(() => sharedWith(music)).toContain(bob.account);
  });

  test("calls a private catalog public, and lacks its owner's word", async () => {
    const platform = await hostile("catalog");
    const lie = signPublication(eve.key, { catalog: music, from: now() });
    const after = await platform.catalog(music, { type: "published", data: { statement: lie, from: now() } });
    const { published } = await eve.library.catalog({ owner: alice.account, catalog: music, after });
    const check = { owner: alice.account, catalog: music, now: now() };
    expect(readPublication(published?.statement ?? "", check)).toEqual({ refused: "issuer_other" });
    await alice.catalog.unpublish({ catalog: music });
    const truth = signPublication(alice.key, { catalog: music, from: now() });
    expect(readPublication(truth, { ...check, now: now() })).not.toHaveProperty("refused");
  });
});

describe("a device", () => {
  test("that is a browser, or serves, neither closes the account nor revokes another", async () => {
    const carol = await system.person();
    const other = createKey("user").public;
    for (const role of ["browser", "server"] as const) {
      const creds = await addDevice(carol, carol.key, { name: role, role });
      await using device: Person = await connectDevice(system.platform.place, creds, role);
      await expect(device.accounts.close({}, { timeout: 1_000 })).rejects.toThrow(/wrong role|permission|no answer/i);
      await expect(device.accounts.revoke({ user: other }, { timeout: 1_000 })).rejects.toThrow(
        /wrong role|permission|no answer/i,
      );
    }
    await expect(carol.library.whoami({})).resolves.toMatchObject({ account: carol.account });
    await expect(carol.accounts.close({})).resolves.toHaveProperty("after");
  });
});

describe("a grant", () => {
  test("dated in the future, or that nats-server would not take, is refused before it reaches the recipient", async () => {
    const recipient = bob.account;
    const good = signGrant(alice.key, { catalog: music, recipient, issuedAt: now() });
    const read = readJwt(good);
    if (read.refused !== undefined) throw new Error(read.refused);
    const { iss: _iss, jti: _jti, ...claims } = read;
    const signed = (change: object, nats: object = {}) =>
      encodeJwt({ ...claims, ...change, nats: { ...claims.nats, ...nats } }, alice.key);
    const bad = [
      signed({ iat: now() + 60 }),
      signed({ nbf: now() + 60 }),
      signed({ exp: now() - 1 }),
      signed({ sub: alice.account }),
      signed({ sub: "nobody" }),
      signed({}, { subject: "files.>" }),
      signed({}, { subject: "files.music.*" }),
      signed({}, { kind: "stream" }),
      signed({}, { issuer_account: alice.account }),
      signed({}, { Subject: "files.>" }),
      signed({}, { type: "user" }),
    ];
    for (const grant of bad) {
      await expect(alice.catalog.share({ catalog: music, grant })).rejects.toMatchObject({ code: 422 });
    }
    await expect(eve.catalog.share({ catalog: music, grant: good })).rejects.toMatchObject({ code: 422 });
    await share(alice, alice.key, { catalog: music, recipient });
    await accept(bob, { owner: alice.account, catalog: music });
    await expect(bob.library.whoami({})).resolves.toMatchObject({ account: recipient });
  });
});

test("a claim that a newcomer kept is made again by nobody who has only what crossed nats-server", async () => {
  const store = memoryCodeStore();
  await serving(store);
  const claims = memoryClaimStore();
  const code = await issueShareCode(alice, { catalog: photos }, store);
  await redeem(system.platform.place, code, { claims });
  const { rows } = await alice.library.codes({ code: code.id });
  const kept = JSON.stringify(rows);
  expect(kept).not.toContain(code.secret);
  await expect(redeem(system.platform.place, code)).rejects.toMatchObject({ reason: "code_claimed" });
});
