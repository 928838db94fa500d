/** The commanding half of the bench of the log, on a whole system whose services are processes of their own. */
import { type AccountKey, CatalogName, Label } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { eventStream } from "@natster/contracts/platform";
import { register, share } from "@natster/person";
import { startSystem, type TestSystem } from "@natster/testing";
import { createKey, signGrant } from "@natster/trust";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connectFully } from "../faults/everything.fixture.ts";
import { fillShares, pairsOf } from "./fill.ts";
import { type Bench, compare, fact, limit, median, p50, quantile, type Row } from "./harness.ts";
import { until } from "./until.ts";

/** How often something that takes effect is tried. */
const tries = 200;
/** How many shares there are in the two catalogs that are compared. */
const [many, few] = [10_000, 10];

export const measureCommands: Bench = async ({ rounds }) => {
  await using system = await startSystem({ apart: ["accounts", "catalog", "projector"], logLevel: "warn" });
  return [await roundTrip(system, rounds), ...(await effects(system)), await appends(system, rounds)];
};

/** A command from its person's side against what it has to do at the least: one publish that is on disk when it is answered. */
async function roundTrip(system: TestSystem, rounds: number): Promise<Row> {
  const person = await system.person();
  const names = Array.from({ length: 100 }, (_, index) => CatalogName.parse(`catalog-${index}`));
  for (const catalog of names) await person.catalog.create({ catalog });
  let turn = 0;
  const describe = () => {
    const catalog = CatalogName.parse(names[turn % names.length]);
    return person.catalog.describe({ catalog, description: Label.parse(`description ${turn++}`) });
  };
  await using bare = await bareStream(system);
  const sides = { ours: () => p50(describe, names.length), baseline: () => p50(bare.publish, names.length) };
  return await compare("a command, against a bare publish, p50", "ms", sides, rounds, { atMost: 3 });
}

/** A stream that is kept like the log; each message is as long as an event. */
async function bareStream(system: TestSystem) {
  const { connection, ...ending } = await connectFully(system);
  const manager = await jetstreamManager(connection);
  const { config } = await manager.streams.info(eventStream);
  await manager.streams.add({ ...config, name: "BARE", subjects: ["bare.>"] });
  const js = jetstream(connection);
  const body = "x".repeat(600);
  let count = 0;
  return { publish: () => js.publish(`bare.${count++ % 100}`, body), ...ending };
}

/** From a command until it has had its effect elsewhere, for one catalog after another. */
async function effects(system: TestSystem): Promise<Row[]> {
  const [owner, recipient] = await Promise.all([system.person(), system.person()]);
  owner.connection.subscribe("files.>", { callback: (_, message) => void message.respond("here") });
  await owner.connection.flush();
  const seen: number[] = [];
  const admitted: number[] = [];
  const refused: number[] = [];
  for (let done = 0; done < tries; done++) {
    const catalog = CatalogName.parse(`catalog-${done}`);
    const subject = asShared(owner.account)(`files.${catalog}.anything`);
    await owner.catalog.create({ catalog });
    seen.push(
      await timed(async () => {
        const after = await share(owner, owner.key, { catalog, recipient: recipient.account });
        const { rows } = await recipient.library.inbox({ after });
        if (!rows.some((row) => row.catalog === catalog)) throw new Error("what was shared is not there");
      }),
    );
    admitted.push(
      await timed(() =>
        Promise.all([
          recipient.catalog.import({ owner: owner.account, catalog }),
          until("answered", recipient.connection, subject),
        ]),
      ),
    );
    refused.push(
      await timed(() =>
        Promise.all([
          owner.catalog.unshare({ catalog, recipient: recipient.account }),
          until("refused", recipient.connection, subject),
        ]),
      ),
    );
  }
  return [
    ...within("from a share to the recipient's library", seen, 50),
    ...within("from accepting it to being admitted by nats-server", admitted, 250),
    ...within("from taking it back to being refused by nats-server", refused, 250),
  ];
}

const within = (metric: string, times: readonly number[], most: number): Row[] => [
  fact(`${metric}, p50 of ${times.length}`, "ms", median(times)),
  limit(`${metric}, p99`, "ms", quantile(times, 0.99), most),
];

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Whether what one more share costs depends on how many the catalog has. */
async function appends(system: TestSystem, rounds: number): Promise<Row> {
  const owner = await system.person();
  const recipients: AccountKey[] = [];
  for (let done = 0; done < 20; done++) {
    const account = createKey("account");
    await register(system.platform.place, { account });
    recipients.push(account.public);
  }
  // What follows from ten thousand shares is measured elsewhere; here it would only take the machine.
  await Promise.all([system.processes.kill("accounts"), system.processes.kill("projector")]);
  await using full = await connectFully(system);
  const [large, small] = [CatalogName.parse("large"), CatalogName.parse("small")];
  for (const catalog of [large, small]) await owner.catalog.create({ catalog });
  await fillShares(full.connection, { events: many, pairs: pairsOf(owner.key, large, many) });
  await fillShares(full.connection, { events: few, pairs: pairsOf(owner.key, small, few) });

  let expires = Math.floor(Date.now() / 1000) + 86_400;
  const shareOne = (catalog: CatalogName) => {
    // Another expiry is another grant, which is recorded each time.
    const recipient = recipients[++expires % recipients.length] ?? owner.account;
    const issuedAt = Math.floor(Date.now() / 1000);
    return owner.catalog.share({ catalog, grant: signGrant(owner.key, { catalog, recipient, issuedAt, expires }) });
  };
  const sides = {
    ours: () => p50(() => shareOne(large), recipients.length),
    baseline: () => p50(() => shareOne(small), recipients.length),
  };
  const metric = `one more share of a catalog with ${many.toLocaleString("en")}, against one with ${few}, p50`;
  return await compare(metric, "ms", sides, rounds, { atMost: 1.25 });
}
