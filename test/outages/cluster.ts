/** A cluster of three under a steady load of commands and downloads, while its servers are killed, cut off and restarted. */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CatalogName, Label } from "@natster/contracts";
import { eventStream } from "@natster/contracts/platform";
import { serveCatalog } from "@natster/file-server";
import { mirror } from "@natster/files/download";
import { NoAnswerError, NobodyAnswersError, silentLog } from "@natster/micro";
import { accept, connectDevice, createDevice, readCatalog, share } from "@natster/person";
import type { TestPerson } from "@natster/testing";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { output } from "../../deploy/src/run.ts";
import { insist, type Outcome } from "../faults/insist.fixture.ts";
import type { Compose } from "../containers/compose.ts";
import { clusterOf, type Containers } from "../containers/system.ts";
import { startLoad } from "./load.ts";

/** What goes wrong. */
export type ClusterFault = "killed" | "partitioned" | "restarted";

/** How long people waited for an answer around a fault: each command that was under way then, in milliseconds. */
export interface Waited {
  readonly fault: ClusterFault;
  readonly server: string;
  readonly waits: readonly number[];
}

/** What came of it. */
export interface Survived {
  readonly waited: readonly Waited[];
  readonly outcomes: readonly Outcome[];
  /** Downloads that were finished, each with the right digest. */
  readonly downloads: number;
}

const catalog = CatalogName.parse("sea");

interface Command {
  readonly began: number;
  readonly ended: number;
}

/**
 * Kills the leader of the log's stream, cuts the next one off and lets it back, and restarts each server in turn; waits
 * after each until every copy is current. `connection` may look at every stream.
 */
export async function surviveFaults(
  system: Containers,
  connection: NatsConnection,
  tell: (waited: Waited) => void,
): Promise<Survived> {
  const { compose } = system;
  await using scope = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "natster-cluster-"));
  scope.defer(() => rm(folder, { recursive: true, force: true }));
  const people = await Promise.all([1, 2, 3].map(() => system.person()));
  const [owner, reader] = people;
  if (!owner || !reader) throw new Error("nobody is there");
  const digest = await serve(scope, system, owner, reader, join(folder, "served"));

  const commands: Command[] = [];
  const own = CatalogName.parse("own");
  const created = await Promise.all(
    people.map((each) => insist((options) => each.catalog.create({ catalog: own }, options))),
  );
  const load = startLoad(people, async (person, name) => {
    const began = performance.now();
    const describe = { catalog: own, description: Label.parse(`turn ${name}`) };
    const outcome = await insist((options) => person.catalog.describe(describe, options), { timeout: 1_000 });
    commands.push({ began, ended: performance.now() });
    return [outcome];
  });
  let over = false;
  scope.defer(() => void (over = true));
  let downloads = 0;
  const downloading = (async () => {
    using from = await readCatalog(reader, { owner: owner.account, catalog });
    for (; !over; downloads++) {
      const target = join(folder, `got-${downloads}`);
      const { failures } = await goingOn(() => mirror(from, target));
      if (failures.length > 0) throw new Error(`a download failed: ${String(failures[0]?.error)}`);
      if (sha256(await readFile(join(target, "sea.bin"))) !== digest) throw new Error("a download has another digest");
      await rm(target, { recursive: true });
    }
  })();
  // Told of once the faults are over, at the latest.
  downloading.catch(() => {});

  const waited: Waited[] = [];
  const around = async (
    fault: ClusterFault,
    server: string,
    happens: () => Promise<unknown>,
    ends: () => Promise<unknown>,
  ) => {
    await load.more(30);
    const at = performance.now();
    await happens();
    // At least so long that whoever is told nothing would be missed.
    await Promise.all([load.more(30), sleep(10_000)]);
    await ends();
    await caughtUp(connection);
    const last = performance.now();
    const waits = commands
      .filter(({ began, ended }) => ended >= at && began <= last)
      .map(({ began, ended }) => ended - began);
    waited.push({ fault, server, waits });
    tell({ fault, server, waits });
  };
  const killed = await leader(connection);
  const container = await compose.container(killed);
  await around(
    "killed",
    killed,
    () => output("docker", ["kill", container]),
    () => output("docker", ["start", container]),
  );
  const partitioned = await leader(connection);
  await around(
    "partitioned",
    partitioned,
    () => cutOff(compose, partitioned),
    () => letBack(compose, partitioned),
  );
  for (const server of clusterOf) {
    await around(
      "restarted",
      server,
      () => compose.does("restart", "--timeout=60", server),
      async () => {},
    );
  }
  await load.more(30);
  over = true;
  await downloading;
  return { waited, outcomes: [...created, ...(await load.end())], downloads };
}

/** Serves a folder with one large file, which the reader may read; resolves with the file's digest. */
async function serve(
  scope: AsyncDisposableStack,
  { place }: Containers,
  owner: TestPerson,
  reader: TestPerson,
  root: string,
): Promise<string> {
  await mkdir(root);
  const bytes = randomBytes(64 * 1024 * 1024);
  await writeFile(join(root, "sea.bin"), bytes);
  await owner.catalog.create({ catalog });
  const creds = createDevice(owner.key, { name: "server", role: "server" });
  const { connection, device } = scope.use(await connectDevice(place, creds, "server"));
  const served = await serveCatalog({ connection, device, catalog, root, log: silentLog() });
  scope.defer(() => served.stop());
  await share(owner, owner.key, { catalog, recipient: reader.account });
  await accept(reader, { owner: owner.account, catalog });
  return sha256(bytes);
}

/** As a person does who finds nobody: while the file-server looks for another server, what was begun is begun again, and goes on. */
async function goingOn<T>(download: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + 60_000; ; await sleep(250)) {
    try {
      return await download();
    } catch (error) {
      const isAway = error instanceof NobodyAnswersError || error instanceof NoAnswerError;
      if (!isAway || Date.now() > until) throw error;
    }
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Which server leads the log's stream. */
async function leader(connection: NatsConnection): Promise<string> {
  const manager = await jetstreamManager(connection, { timeout: 20_000 });
  const { cluster } = await manager.streams.info(eventStream);
  if (cluster?.leader === undefined) throw new Error("nobody leads the log's stream");
  return cluster.leader;
}

/** Resolves when every copy of every stream is current. */
async function caughtUp(connection: NatsConnection): Promise<void> {
  for (const until = Date.now() + 120_000; ; await sleep(250)) {
    const behind = await laggards(connection).catch((error: unknown) => [String(error)]);
    if (behind.length === 0) return;
    if (Date.now() > until) throw new Error(`copies are never current: ${behind.join(", ")}`);
  }
}

async function laggards(connection: NatsConnection): Promise<string[]> {
  const manager = await jetstreamManager(connection, { timeout: 5_000 });
  const behind: string[] = [];
  for await (const { config, cluster } of manager.streams.list()) {
    const { replicas = [], leader: leads } = cluster ?? {};
    if (leads === undefined || replicas.length < 2 || replicas.some(({ current, offline }) => !current || offline)) {
      behind.push(config.name);
    }
  }
  return behind;
}

const networkOf = (compose: Compose): string => `${compose.name}_default`;

/** A node that nobody reaches any more, and that goes on by itself. */
const cutOff = async (compose: Compose, server: string) =>
  output("docker", ["network", "disconnect", networkOf(compose), await compose.container(server)]);

const letBack = async (compose: Compose, server: string) =>
  output("docker", ["network", "connect", "--alias", server, networkOf(compose), await compose.container(server)]);
