/** The operator's keys: moved to the reserve while everybody stays connected, renewed by a restart, kept in a backup. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AccountKey } from "@natster/contracts";
import { Enforcement } from "@natster/contracts/accounts";
import { connectDevice, createDevice, register, type Person } from "@natster/person";
import {
  backupOperator,
  OperatorError,
  openInstallation,
  renewReserve,
  restoreOperator,
  rotateSigningKey,
  startPlatform,
} from "@natster/standalone";
import { startSystem } from "@natster/testing";
import { authenticator, createKey, keyFromSeed, readJwt, userJwt } from "@natster/trust";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { expect, onTestFinished, test, vi } from "vitest";

// A whole system, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "natster-operator-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** Who signed the JWT that nats-server has of each account. */
async function signers(servers: string, directory: string): Promise<Set<string>> {
  const key = createKey("user");
  const seed = await readFile(join(directory, "offline", "system.seed"), "utf8");
  const everything = { pub: { allow: [">"] }, sub: { allow: [">"] } };
  const jwt = userJwt(keyFromSeed(seed, "account"), {
    user: key.public,
    name: "test",
    permissions: everything,
    issuedAt: Math.floor(Date.now() / 1000),
  });
  const system: NatsConnection = await connect({ servers, authenticator: authenticator({ jwt, key }) });
  try {
    const { data: accounts } = (await system.request("$SYS.REQ.CLAIMS.LIST")).json<{ data: string[] }>();
    const jwts = await Promise.all(
      accounts.map(async (account) => (await system.request(`$SYS.REQ.ACCOUNT.${account}.CLAIMS.LOOKUP`)).string()),
    );
    return new Set(jwts.map((jwt) => readJwt(jwt)).map((read) => (read.refused === undefined ? read.iss : "nobody")));
  } finally {
    await system.close();
  }
}

/** Whether a connection was lost since. */
function watched(person: Person): { lost: boolean } {
  const seen = { lost: false };
  void (async () => {
    for await (const { type } of person.connection.status()) if (type === "disconnect") seen.lost = true;
  })();
  return seen;
}

/** What the service says of itself beside its endpoints. */
async function figuresOf({ connection }: Person, service: string): Promise<unknown> {
  const stats = (await connection.request(`$SRV.STATS.${service}`, "", { timeout: 5_000 })).json<{
    endpoints: { data?: { figures?: unknown } }[];
  }>();
  return stats.endpoints.find(({ data }) => data?.figures !== undefined)?.data?.figures;
}

/** Every file of an installation that is a secret or says whom to believe. */
async function secretsIn(directory: string): Promise<Record<string, string>> {
  const names = ["installation.json", "operator/signing.seed"];
  for (const name of await readdir(join(directory, "offline"))) names.push(`offline/${name}`);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), "utf8")] as const)),
  );
}

/** How long what happens by itself may take. */
const soon = { timeout: 20_000 };

const publicKey = async (...names: string[]) => keyFromSeed(await readFile(join(...names), "utf8"), "operator").public;

test("rotating signs every account anew with the reserve, and everybody stays connected", async () => {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  const { directory, platform } = system;
  const people = await Promise.all(["alice", "bob", "carol"].map((name) => system.person(name)));
  const seen = people.map(watched);
  const reserve = await publicKey(directory, "offline", "reserve.seed");

  const rotation = await rotateSigningKey(directory, { servers: platform.nats.url });

  expect(rotation).toEqual({ was: await publicKey(directory, "offline", "retired.seed"), is: reserve });
  await expect.poll(() => signers(platform.nats.url, directory), { timeout: 20_000 }).toEqual(new Set([reserve]));
  for (const person of people) await expect(person.library.whoami({})).resolves.toHaveProperty("handle");
  const dave = await system.person("dave");
  await expect(dave.library.whoami({})).resolves.toMatchObject({ handle: "dave" });
  expect(seen).toEqual([{ lost: false }, { lost: false }, { lost: false }]);
  await expect(rotateSigningKey(directory)).rejects.toThrow(OperatorError);
});

test("after a restart with a new reserve the retired key is worth nothing, and people are who they were", async () => {
  const directory = await aFolder();
  const account = createKey("account");
  const creds = createDevice(account, { name: "laptop", role: "owner" });
  const options = { directory, registration: "open", logLevel: "warn" } as const;
  {
    await using platform = await startPlatform(options);
    await register(platform.place, { account });
    await rotateSigningKey(directory, { servers: platform.nats.url });
    const is = await publicKey(directory, "operator", "signing.seed");
    await expect.poll(() => signers(platform.nats.url, directory), { timeout: 20_000 }).toEqual(new Set([is]));
  }
  const retired = await publicKey(directory, "offline", "retired.seed");
  const { operatorJwt } = await renewReserve(directory);
  expect(operatorJwt).not.toContain(retired);
  await expect(renewReserve(directory)).rejects.toThrow(OperatorError);

  await using platform = await startPlatform(options);
  await using person = await connectDevice(platform.place, creds, "again");
  await expect(person.library.whoami({})).resolves.toMatchObject({ account: account.public });
  // What the new reserve is for works once more, with no restart.
  const { is } = await rotateSigningKey(directory, { servers: platform.nats.url });
  await expect.poll(() => signers(platform.nats.url, directory), { timeout: 20_000 }).toEqual(new Set([is]));
});

test("a reserve that nats-server has not been told of is not rotated to, and nothing is changed", async () => {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  const { directory, platform } = system;
  const rotated = await rotateSigningKey(directory, { servers: platform.nats.url });
  await renewReserve(directory);
  const before = await secretsIn(directory);

  const again = rotateSigningKey(directory, { servers: platform.nats.url });

  await expect(again).rejects.toThrow(/does not believe the reserve yet/);
  expect(await secretsIn(directory)).toEqual(before);
  await expect.poll(() => signers(platform.nats.url, directory), soon).toEqual(new Set([rotated.is]));
});

test("a signing key that nats-server does not believe signs nothing: the one before it does, or nobody", async () => {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  const { directory, platform, administrator } = system;
  const people = await Promise.all(["bob", "carol"].map((name) => system.person(name)));
  const [bob, carol] = people;
  if (!bob || !carol) throw new Error("two were asked for");
  const enforcement = async () => Enforcement.parse(await figuresOf(administrator, "accounts"));
  const suspended = async (account: AccountKey) => {
    const { after } = await administrator.accounts.suspend({ account });
    return (await administrator.accounts.applied({ account, after })).applied;
  };
  const { signingKey } = platform.installation;
  const good = await readFile(signingKey, "utf8");
  const foreign = createKey("operator");

  await writeFile(signingKey, foreign.seed());
  await expect.poll(enforcement, soon).toEqual({ enforces: true, disbelievedBy: 1, refusedAccounts: 0 });
  await expect.poll(() => suspended(bob.account), soon).toBe(true);
  await expect.poll(() => bob.library.whoami({}, { timeout: 500 }).catch(() => "cut off"), soon).toBe("cut off");

  // One that starts with it knows of no other.
  await platform.services.accounts?.stop();
  await platform.another("accounts");
  await expect.poll(enforcement, soon).toEqual({ enforces: false, disbelievedBy: 1, refusedAccounts: 0 });
  expect(await suspended(carol.account)).toBe(false);
  await expect(carol.library.whoami({})).resolves.toMatchObject({ handle: "carol" });

  await writeFile(signingKey, good);
  await expect.poll(enforcement, soon).toEqual({ enforces: true, disbelievedBy: 0, refusedAccounts: 0 });
  await expect.poll(() => suspended(carol.account), soon).toBe(true);
  expect(await signers(platform.nats.url, directory)).not.toContain(foreign.public);
});

test("an installation is restored from a backup, every secret its owner's alone", async () => {
  const [one, other] = [await aFolder(), join(await aFolder(), "restored")];
  const before = await openInstallation(one);
  const file = await backupOperator(one, "correct horse");
  expect(await restoreOperator(file, "battery staple", other)).toEqual({ refused: "passphrase_wrong" });
  expect(await restoreOperator(file, "correct horse", other)).toEqual({});
  const { creds: _, signingKey: _key, ...after } = await openInstallation(other);
  expect(before).toMatchObject(after);
  await expect(restoreOperator(file, "correct horse", other)).rejects.toThrow(OperatorError);
  const names = await readdir(other, { recursive: true });
  const modes = await Promise.all(names.map(async (name) => [name, await stat(join(other, name))] as const));
  for (const [name, found] of modes)
    expect([name, found.mode & 0o777]).toEqual([name, found.isDirectory() ? 0o700 : 0o600]);
});
