/** What nats-server is told of accounts, when whoever tells it dies and when nats-server itself has forgotten. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openResolver, type Resolver } from "@natster/accounts/resolver";
import { type AccountKey, CatalogName } from "@natster/contracts";
import { asShared, claimsLookup, claimsUpdate } from "@natster/contracts/borders";
import { eventStream } from "@natster/contracts/platform";
import { accept, connectDevice, createDevice, LobbyShutError, type Person, register, share } from "@natster/person";
import { startPlatform } from "@natster/standalone";
import { supervise } from "@natster/standalone/supervise";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { accountJwt, createKey, keyFromSeed, readJwt } from "@natster/trust";
import { jetstreamManager } from "@nats-io/jetstream";
import { NoRespondersError, RequestError } from "@nats-io/nats-core";
import { expect, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import { connectAsPusher, connectFully } from "../faults/everything.fixture.ts";

// A whole system, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const photos = CatalogName.parse("photos");

/** A system in which Alice has photos, and what nats-server has of its accounts. */
async function aSystem(options?: Parameters<typeof startSystem>[0], standby?: "accounts") {
  const undo = new AsyncDisposableStack();
  onTestFinished(() => undo.disposeAsync());
  const system = undo.use(await startSystem(options));
  // It looks at every account when it starts: at none that this test is about.
  if (standby) await system.platform.another(standby);
  const { connection: pusher } = undo.use(await connectAsPusher(system));
  const open = async (of: "streams" | "system") => undo.use(await connectFully(system, of)).connection;
  const [alice, bob] = [await system.person("alice"), await system.person("bob")];
  await alice.catalog.create({ catalog: photos });
  serve(alice);
  await alice.connection.flush();
  return { system, resolver: openResolver(pusher), open, alice, bob };
}

/** Whether a reader gets this far is what is asked here, not what is served. */
const serve = ({ connection }: Person) =>
  connection.subscribe(`files.${photos}.>`, { callback: (_, message) => void message.respond("here") });

const opens = async (reader: Person, owner: Person): Promise<boolean> => {
  try {
    await reader.connection.request(asShared(owner.account)(`files.${photos}.open`), "", { timeout: 5_000 });
    return true;
  } catch (error) {
    if (error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders())) return false;
    throw error;
  }
};

const Account = z.object({
  iat: z.number(),
  nats: z.object({
    imports: z.array(z.unknown()).optional(),
    exports: z
      .array(z.object({ name: z.string().optional(), revocations: z.record(z.string(), z.number()).optional() }))
      .optional(),
  }),
});
const claimsOf = async (resolver: Resolver, account: AccountKey) =>
  Account.parse(readJwt((await resolver.lookup(account)) ?? ""));
/** All that an account JWT says but its id: its date is that of the last event, also of one that changed nothing in it. */
const saidOf = async (resolver: Resolver, account: AccountKey) => {
  const { jti: _, ...said } = Said.parse(readJwt((await resolver.lookup(account)) ?? ""));
  return said;
};
const Said = z.looseObject({ iat: z.number(), jti: z.string() });
const revocations = async (resolver: Resolver, { account }: TestPerson): Promise<string[]> =>
  ((await claimsOf(resolver, account)).nats.exports ?? []).flatMap(({ revocations: by = {} }) => Object.keys(by));

/** Gives a recipient the import with its old grant again, behind the back of all services. */
async function keepGrant(
  { platform }: TestSystem,
  resolver: Resolver,
  by: TestPerson,
  owner: TestPerson,
  grant: string,
) {
  const seed = await readFile(platform.installation.signingKey, "utf8");
  const there = await claimsOf(resolver, by.account);
  await resolver.push(
    accountJwt(
      {
        account: by.account,
        name: undefined,
        status: "open",
        limits: {},
        administrator: false,
        exports: [],
        imports: [{ owner: owner.account, catalog: photos, grant }],
        userRevocations: {},
      },
      {
        signer: keyFromSeed(seed.trim(), "operator"),
        platform: platform.installation.platform,
        issuedAt: there.iat + 1,
      },
    ),
  );
}

/** The account that an account JWT is about. */
const subjectOf = (jwt: Uint8Array) => z.object({ sub: z.string() }).parse(readJwt(Buffer.from(jwt).toString())).sub;

/** Alice has taken a catalog back from Bob, and whoever had still to push her revocation is killed; another stands by. */
async function aRevocationLeftOver(tries = 3): Promise<Awaited<ReturnType<typeof aSystem>> & { grant: string }> {
  const all = await aSystem({ apart: ["accounts"] }, "accounts");
  const { system, resolver, open, alice, bob } = all;
  const manager = await jetstreamManager(await open("streams"));
  await share(alice, alice.key, { catalog: photos, recipient: bob.account });
  await accept(bob, { owner: alice.account, catalog: photos });
  await expect.poll(() => opens(bob, alice)).toBe(true);
  const grant = await vi.waitFor(async () => {
    const { share: visible } = await bob.library.catalog({ owner: alice.account, catalog: photos });
    if (!visible) throw new Error("nothing was shared");
    return visible.grant;
  }, 20_000);
  // The twin: with this grant, given behind everybody's back, Bob does get in.
  await keepGrant(system, resolver, bob, alice, grant);
  expect(await opens(bob, alice)).toBe(true);

  const { after } = await alice.catalog.unshare({ catalog: photos, recipient: bob.account });
  // The batch is acknowledged, so that nobody gets it again; the owner's push is not yet done.
  const acknowledged = async () => (await manager.consumers.info(eventStream, "access_a")).ack_floor.stream_seq;
  while ((await acknowledged()) < after) await new Promise((resolve) => setTimeout(resolve, 5));
  await system.processes.kill("accounts");
  if (!(await revocations(resolver, alice)).includes(bob.account)) return { ...all, grant };
  // On a machine that has much else to do the kill may come too late.
  if (tries === 1) throw new Error("nothing was left over");
  return aRevocationLeftOver(tries - 1);
}

test("what is left of an unshare when the pusher is killed is done by the one that stood by", async () => {
  const { system, resolver, alice, bob, grant } = await aRevocationLeftOver();
  await expect.poll(() => revocations(resolver, alice)).toContain(bob.account);
  // With the import there, only the owner's revocation is left to refuse it; what reconciles Bob may take the import.
  const tried = async () => {
    await keepGrant(system, resolver, bob, alice, grant);
    const opened = await opens(bob, alice);
    return { opened, imports: (await claimsOf(resolver, bob.account)).nats.imports };
  };
  await expect
    .poll(tried)
    .toEqual({ opened: false, imports: expect.arrayContaining([expect.objectContaining({ token: grant })]) });
});

test("a nats-server that has lost every account is told of all of them, and nobody has to do anything", async () => {
  const { system, resolver, alice, bob } = await aSystem();
  await share(alice, alice.key, { catalog: photos, recipient: bob.account });
  await accept(bob, { owner: alice.account, catalog: photos });
  const everybody = [alice, bob, system.administrator];
  const creds = everybody.map(({ key }) => createDevice(key, { name: "laptop", role: "owner" }));
  const all = () => Promise.all(everybody.map(({ account }) => saidOf(resolver, account)));
  const before = await all();
  const { nats } = system.platform;
  await nats.stop();
  await rm(join(nats.directory, "accounts"), { recursive: true });
  await nats.restart();

  await expect
    .poll(() => all().catch(() => undefined), { timeout: 60_000 })
    .toEqual(before.map((said) => ({ ...said, iat: expect.toSatisfy((iat: number) => iat >= said.iat) })));
  // With the creds that they had; a connection that was refused meanwhile has given up, as NATS's library does.
  const connected = await Promise.all(
    everybody.map((_, index) => connectDevice(system.platform.place, creds[index] ?? "", "again")),
  );
  for (const [index, person] of connected.entries()) {
    onTestFinished(() => person[Symbol.asyncDispose]());
    await expect(person.library.whoami({})).resolves.toMatchObject({ account: everybody[index]?.account });
  }
  const [aliceAgain, bobAgain] = connected;
  if (!aliceAgain || !bobAgain) throw new Error("two have connected");
  serve(aliceAgain);
  await expect.poll(() => opens(bobAgain, aliceAgain)).toBe(true);
});

test("account JWTs deleted under a running nats-server are there again, the operator's after a reload and people's after a rebuild", async () => {
  const { system, alice, bob } = await aSystem();
  const { nats, place, installation } = system.platform;
  // Nobody of this account has connected: nats-server has it on the disk alone.
  const carol = createKey("account");
  await register(place, { account: carol });
  const everybody = [alice.key, bob.key, system.administrator.key, carol];
  const folder = join(nats.directory, "accounts");
  const missing = async (accounts: readonly string[]) => {
    const there = new Set(await readdir(folder));
    return accounts.filter((account) => !there.has(`${account}.jwt`));
  };
  const people = everybody.map((key) => key.public);
  await expect.poll(() => missing(people)).toEqual([]);

  const heard: string[] = [];
  void (async () => {
    for await (const { type } of alice.connection.status()) heard.push(type);
  })();
  for (const file of await readdir(folder)) await rm(join(folder, file));
  // Those are rendered from no log, and nobody but nats-server has their JWTs.
  const operators = Object.keys(installation.preload);
  nats.reload();
  // It stores the JWTs first, and forgets replies that are on their way until it is done.
  await expect
    .poll(() => readFile(nats.logFile, "utf8"), { timeout: 20_000 })
    .toContain("Reloaded server configuration");
  expect(await missing([...operators, ...people])).toEqual(people);
  await alice.connection.flush();
  await system.administrator.accounts.rebuild({ projection: "access" });
  await expect.poll(() => missing(people), { timeout: 60_000 }).toEqual([]);
  for (const key of everybody) {
    const creds = createDevice(key, { name: "another", role: "owner" });
    await using person = await connectDevice(place, creds, "another", { timeout: 20_000 });
    await expect(person.library.whoami({})).resolves.toMatchObject({ account: key.public });
  }
  await alice.connection.flush();
  expect(heard).not.toContain("disconnect");
});

test("where nats-server is kept running, newcomers come though its folder was emptied before the first of them", async () => {
  const directory = await mkdtemp(join(tmpdir(), "natster-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  await using platform = await startPlatform({ directory, registration: "open", administrators: [] });
  const folder = join(platform.nats.directory, "accounts");
  for (const file of await readdir(folder)) await rm(join(folder, file));
  const enter = () => register(platform.place, { account: createKey("account") });
  await expect(enter()).rejects.toThrow(LobbyShutError);

  const stopped = new AbortController();
  const told: string[] = [];
  void supervise(platform, stopped.signal, (what) => told.push(what));
  await expect.poll(() => enter().then(() => "in", String)).toBe("in");
  stopped.abort();
  expect(told).toEqual([expect.stringContaining("nats-server has lost accounts of the operator's own")]);
});

test("a rebuild where nothing was lost looks at every account and pushes none", async () => {
  const { system, open, alice, bob } = await aSystem();
  await share(alice, alice.key, { catalog: photos, recipient: bob.account });
  await accept(bob, { owner: alice.account, catalog: photos });
  const ops = system.administrator;
  const backstage = await open("system");
  const pushed: string[] = [];
  const lookedAt = new Set<string>();
  backstage.subscribe(claimsUpdate, { callback: (_, { data }) => void pushed.push(subjectOf(data)) });
  const lookups = { callback: (_: unknown, { subject }: { subject: string }) => void lookedAt.add(subject) };
  backstage.subscribe(claimsLookup("*"), lookups);
  await backstage.flush();
  await ops.accounts.rebuild({ projection: "access" });
  const side = async () => (await ops.accounts.status({})).projections[0]?.side;
  await expect.poll(side).toBe("b");
  const everybody = [alice, bob, ops].map(({ account }) => claimsLookup(account));
  await expect.poll(() => [...lookedAt].toSorted()).toEqual(everybody.toSorted());
  // Whatever was pushed came before this, which is.
  await alice.catalog.create({ catalog: CatalogName.parse("music") });
  await expect.poll(() => pushed).toContain(alice.account);
  expect(pushed).toEqual([alice.account]);
});
