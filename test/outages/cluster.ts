/** A cluster of three under a steady load of commands and downloads, while its servers are killed, cut off and restarted. */
import { setTimeout as sleep } from "node:timers/promises";
import { CatalogName, Label } from "@natster/contracts";
import { eventStream } from "@natster/contracts/platform";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { output } from "../../deploy/src/run.ts";
import { insist, type Outcome } from "../faults/insist.fixture.ts";
import type { Compose } from "../containers/compose.ts";
import { clusterOf, type Containers } from "../containers/system.ts";
import { startDownloads } from "./downloads.ts";
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
  const people = await Promise.all([1, 2, 3].map(() => system.person()));
  const [owner, reader] = people;
  if (!owner || !reader) throw new Error("nobody is there");
  await using downloads = await startDownloads({ system, owner, reader, bytes: 64 * 1024 * 1024, insists: true });

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
  const finished = await downloads.end();
  return { waited, outcomes: [...created, ...(await load.end())], downloads: finished };
}

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
