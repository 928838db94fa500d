/**
 * How long people wait for an answer while a cluster of three loses a server: its leader is killed, the next is cut off
 * and let back, and each is restarted in order. In containers, which are built before (`NATSTER_IMAGES=built` spares it).
 */
import { createKey } from "@natster/trust";
import { connectFully } from "../faults/everything.fixture.ts";
import { type ClusterFault, surviveFaults } from "../outages/cluster.ts";
import { openImages } from "../containers/images.ts";
import { startContainers } from "../containers/system.ts";
import { type Bench, fact, limit, quantile, type Row } from "./harness.ts";

/** How many milliseconds anybody may wait. */
const most: readonly (readonly [ClusterFault, number])[] = [
  ["killed", 15_000],
  ["partitioned", 15_000],
  ["restarted", 3_000],
];

/** A round takes minutes. */
export const usualRounds = 1;

export const bench: Bench = async ({ rounds }) => {
  await using engine = await openImages();
  const administrators = [createKey("account").public];
  await using system = await startContainers({ command: engine.compose, servers: 3, administrators });
  await using everything = await connectFully(system);
  const waits: Record<ClusterFault, number[]> = { killed: [], partitioned: [], restarted: [] };
  for (let round = 0; round < rounds; round++) {
    await surviveFaults(system, everything.connection, (waited) => waits[waited.fault].push(...waited.waits));
  }
  return most.flatMap(([fault, longest]) => rowsOf(`a command around a server ${fault}`, waits[fault], longest));
};

const rowsOf = (metric: string, waits: readonly number[], longest: number): Row[] => [
  fact(`${metric}: how many`, "", waits.length),
  ...[0.5, 0.9, 0.99].map((part) => fact(`${metric}: p${part * 100}`, "ms", quantile(waits, part))),
  limit(`${metric}: the longest`, "ms", quantile(waits, 1), longest),
];
