/**
 * What codes cost, and how soon what is taken back is gone: one scrypt on the claimant's side, in Node and as a browser
 * does it; claims of many codes and of one; and live connections of a revoked device and of a share that ended. Nothing
 * here has a baseline to compare with; the goal for what is taken back is a second at p99.
 */
import { CatalogName } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { codes as contract } from "@natster/contracts/codes";
import { client } from "@natster/micro/client";
import {
  accept,
  addDevice,
  connectDevice,
  issueShareCode,
  memoryCodeStore,
  type PendingClaim,
  type Person,
  prepareClaim,
  share,
  visitLobby,
} from "@natster/person";
import { startSystem, type TestSystem } from "@natster/testing";
import { codeKeys, createCode, createKey, parseCreds } from "@natster/trust";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { type Bench, fact, limit, median, p50, quantile, type Row } from "./harness.ts";
import { until } from "./until.ts";

const [inFlight, eachIssues, issuers, claimers, taken] = [32, 60, 4, 1_000, 60];

export const bench: Bench = async ({ rounds }) => {
  await using system = await startSystem({ logLevel: "warn" });
  const code = createCode("share");
  const bytes = new TextEncoder().encode(code.secret);
  const browser = () => scryptAsync(bytes, bytes, { N: 2 ** 15, r: 8, p: 1, dkLen: 32 });
  return [
    fact("scrypt and the keys of a code, Node", "ms", await p50(() => codeKeys(code), 3 * rounds)),
    fact("scrypt as a browser does it", "ms", await p50(browser, rounds)),
    fact(`claims of ${issuers * eachIssues} codes, ${inFlight} in flight`, "/s", await claimsOfMany(system)),
    fact(`claims of one code by ${claimers.toLocaleString("en")} at once`, "/s", await claimsOfOne(system)),
    ...soonEnough("a revoked device's connection is closed", await revocations(system)),
    ...soonEnough("a share that ended is refused", await endings(system)),
  ];
};

const soonEnough = (metric: string, times: readonly number[]): Row[] => [
  fact(`${metric}, p50 of ${times.length}`, "ms", median(times)),
  limit(`${metric}, p99`, "ms", quantile(times, 0.99), 1_000),
];

const aClaim = (code: Parameters<typeof prepareClaim>[0]) =>
  prepareClaim(code, { device: createKey("user"), account: createKey("account") });
const sent = ({ id, transcript, gate, peer }: PendingClaim) => ({ id, transcript, gate, peer });

async function claimsOfMany(system: TestSystem): Promise<number> {
  const people = await Promise.all(Array.from({ length: issuers }, () => system.person()));
  const store = memoryCodeStore();
  const claims: PendingClaim[] = [];
  for (const person of people) {
    for (let done = 0; done < eachIssues; done++) {
      claims.push(await aClaim(await issueShareCode(person, { catalog: CatalogName.parse("photos") }, store)));
    }
  }
  return claimAll(system, claims, inFlight);
}

async function claimsOfOne(system: TestSystem): Promise<number> {
  const person = await system.person();
  const code = await issueShareCode(person, { catalog: CatalogName.parse("photos") }, memoryCodeStore());
  const claims: PendingClaim[] = [];
  // Deriving the keys of one code a thousand times would measure scrypt again.
  const few = await Promise.all(Array.from({ length: 20 }, () => aClaim(code)));
  for (let done = 0; done < claimers; done++) claims.push(...few.slice(done % 20, (done % 20) + 1));
  return claimAll(system, claims, claimers);
}

/** Claims per second, won or lost. */
const claimAll = (system: TestSystem, claims: PendingClaim[], most: number): Promise<number> =>
  visitLobby(system.platform.place, async (connection) => {
    const ask = client(contract, connection);
    const left = [...claims];
    const started = performance.now();
    await Promise.all(
      Array.from({ length: most }, async () => {
        for (let next = left.pop(); next; next = left.pop()) {
          await ask.claim(sent(next), { timeout: 60_000 }).catch(() => undefined);
        }
      }),
    );
    return claims.length / ((performance.now() - started) / 1_000);
  });

/** From asking for it until nats-server has closed the connection, in milliseconds, one device after another. */
async function revocations(system: TestSystem): Promise<number[]> {
  const owner = await system.person();
  const times: number[] = [];
  for (let done = 0; done < taken; done++) {
    const creds = await addDevice(owner, owner.key, { name: "phone", role: "browser" });
    await using device = await connectDevice(system.platform.place, creds, "phone");
    const closed = cutOff(device);
    const started = performance.now();
    await owner.accounts.revoke({ user: parseCreds(creds).key.public });
    await closed;
    times.push(performance.now() - started);
  }
  return times;
}

async function cutOff({ connection }: Person): Promise<void> {
  for await (const { type } of connection.status()) if (type === "disconnect" || type === "close") return;
}

/** From asking for it until nats-server refuses a live connection, in milliseconds, one share after another. */
async function endings(system: TestSystem): Promise<number[]> {
  const [owner, recipient] = await Promise.all([system.person(), system.person()]);
  const catalogs = Array.from({ length: taken }, (_, index) => CatalogName.parse(`catalog-${index}`));
  owner.connection.subscribe("files.>", { callback: (_, message) => void message.respond("here") });
  for (const catalog of catalogs) {
    await owner.catalog.create({ catalog });
    await share(owner, owner.key, { catalog, recipient: recipient.account });
    await accept(recipient, { owner: owner.account, catalog });
  }
  const times: number[] = [];
  for (const catalog of catalogs) {
    const subject = asShared(owner.account)(`files.${catalog}.anything`);
    await until("answered", recipient.connection, subject);
    const started = performance.now();
    const ended = until("refused", recipient.connection, subject);
    await owner.catalog.unshare({ catalog, recipient: recipient.account });
    await ended;
    times.push(performance.now() - started);
  }
  return times;
}
