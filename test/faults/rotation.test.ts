/** The operator's key in a cluster: moved to the reserve while everybody stays connected, and the old one retired by a rolling restart. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AccountKey } from "@natster/contracts";
import { claimsUpdate } from "@natster/contracts/borders";
import { connectDevice, createDevice, type Person, register } from "@natster/person";
import { renewReserve, rotateSigningKey } from "@natster/standalone";
import { accountJwt, authenticator, createKey, type Key, keyFromSeed, readJwt, userJwt } from "@natster/trust";
import { AuthorizationError } from "@nats-io/nats-core";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { expect, onTestFinished, test } from "vitest";
import { startCluster } from "../system/cluster.fixture.ts";

/** How many people there are: as many as the environment says. */
const people = Number(process.env["NATSTER_RUNS"] ?? 3);
const seedIn = async (...names: string[]) => keyFromSeed(await readFile(join(...names), "utf8"), "operator");

test(
  "in a cluster of three a key is rotated with nobody disconnected, and is worth nothing after a rolling restart",
  { timeout: 600_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "natster-cluster-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
    await using cluster = await startCluster(directory);
    await using opened = new AsyncDisposableStack();
    const persons: Person[] = [];
    for (let index = 0; index < people; index++) {
      const account = createKey("account");
      await register(cluster.place, { account });
      const creds = createDevice(account, { name: "laptop", role: "owner" });
      persons.push(opened.use(await connectDevice(cluster.place, creds, "laptop", { timeout: 20_000 })));
    }
    const lost = persons.map(losses);
    const urls = cluster.urls.split(",");
    const was = await seedIn(directory, "operator", "signing.seed");

    // Rotated: every server has every account anew, and nobody noticed.
    const { is } = await rotateSigningKey(directory, { servers: urls });
    for (const url of urls) {
      await expect.poll(() => signers(url, directory), { timeout: 60_000 }).toEqual(new Set([is]));
    }
    for (const person of persons) await expect(person.library.whoami({})).resolves.toHaveProperty("account");
    expect(lost.map((count) => count())).toEqual(persons.map(() => 0));
    // Until the restart the old key is believed still: this is what has to end.
    const where = { directory, platform: cluster.installation.platform };
    await expect.poll(() => admitted(urls[0] ?? "", where, was), { timeout: 60_000 }).toBe("let in");

    await renewReserve(directory);
    await cluster.roll();

    for (const url of urls) await expect(admitted(url, where, was)).resolves.toBe("turned away");
    for (const person of persons) {
      await expect
        .poll(() => person.library.whoami({}, { timeout: 2_000 }).catch(() => undefined), { timeout: 120_000 })
        .toMatchObject({ account: person.account });
    }
    const signing = await seedIn(directory, "operator", "signing.seed");
    for (const url of urls) {
      await expect.poll(() => admitted(url, where, signing), { timeout: 60_000 }).toBe("let in");
    }
  },
);

/** Counts how often a connection is lost from now on. */
function losses({ connection }: Person): () => number {
  let count = 0;
  void (async () => {
    for await (const { type } of connection.status()) if (type === "disconnect") count += 1;
  })();
  return () => count;
}

/** Connects to one server as somebody in the system account. */
async function asSystem(url: string, directory: string): Promise<NatsConnection> {
  const key = createKey("user");
  const account = keyFromSeed(await readFile(join(directory, "offline", "system.seed"), "utf8"), "account");
  const all = { allow: [">"] };
  const said = { user: key.public, name: "test", permissions: { pub: all, sub: all } };
  const jwt = userJwt(account, { ...said, issuedAt: Math.floor(Date.now() / 1000) });
  return connect({ servers: url, authenticator: authenticator({ jwt, key }), timeout: 20_000 });
}

/** Who signed what a server has of each account. */
async function signers(url: string, directory: string): Promise<Set<string>> {
  await using system = await asSystem(url, directory);
  const { data } = (await system.request("$SYS.REQ.CLAIMS.LIST", "", { timeout: 10_000 })).json<{ data: string[] }>();
  const jwts = await Promise.all(
    data.map((account) => system.request(`$SYS.REQ.ACCOUNT.${account}.CLAIMS.LOOKUP`, "", { timeout: 10_000 })),
  );
  return new Set(jwts.map((jwt) => readJwt(jwt.string())).map((read) => read.refused ?? read.iss));
}

/** Tells a server of a new account that an operator's key signed; says whether it lets a device of that in. */
async function admitted(url: string, { directory, platform }: Where, signer: Key<"operator">): Promise<string> {
  const account = createKey("account");
  const state = { account: account.public, status: "open", administrator: false, exports: [], imports: [] } as const;
  const issuedAt = Math.floor(Date.now() / 1000);
  {
    await using system = await asSystem(url, directory);
    const jwt = accountJwt({ ...state, userRevocations: {} }, { platform, issuedAt, signer });
    await system.request(claimsUpdate, jwt, { timeout: 10_000 });
  }
  const key = createKey("user");
  const jwt = userJwt(account, { user: key.public, name: "new", role: "owner", issuedAt });
  try {
    const options = { servers: url, authenticator: authenticator({ jwt, key }), timeout: 20_000 };
    await using _connected = await connect({ ...options, reconnect: false, maxReconnectAttempts: 0 });
    return "let in";
  } catch (error) {
    if (error instanceof AuthorizationError) return "turned away";
    throw error;
  }
}

interface Where {
  readonly directory: string;
  readonly platform: AccountKey;
}
