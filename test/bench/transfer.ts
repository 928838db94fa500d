/**
 * How fast a download is, sealed, verified and written to the disk, and against what. A nats-server, a file-server and a
 * reader are processes of their own; the reader reaches the catalog through a real grant from another account. Every way
 * goes once in each round, beginning with another one each time.
 *
 * `NATSTER_MIB` is the size of the file (256), `NATSTER_FILES` the number of small files (10,000), and
 * `NATSTER_PEERS=no` leaves the other programs out.
 */
import { randomBytes } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { mostMemory, processorTime, startRunner } from "./errands.ts";
import { type Bench, fact, least, limit, median, type Row } from "./harness.ts";
import { findPeers } from "./transfer-peers.ts";
import type { PlainErrands } from "./transfer-plain.ts";
import type { ReaderErrands } from "./transfer-reader.ts";
import { startWorld } from "./transfer-world.ts";
import { makeTree } from "./tree.ts";

const MiB = 1024 * 1024;
/** As ours asks, at the most. */
const [chunk, window] = [512 * 1024, 8 * MiB];

/** One way of moving a file: seconds for so many bytes. */
interface Way {
  readonly name: string;
  readonly bytes: number;
  readonly goal?: number;
  go(): Promise<number>;
}

export const usualRounds = 3;

export const bench: Bench = async ({ rounds }) => {
  const bytes = Number(process.env["NATSTER_MIB"] ?? 256) * MiB;
  const small = Number(process.env["NATSTER_FILES"] ?? 10_000);
  await using undo = new AsyncDisposableStack();
  const world = undo.use(await startWorld());
  const root = join(world.directory, "shared");
  await mkdir(root, { recursive: true });
  await writeRandom(join(root, "film.bin"), bytes);
  makeTree(join(root, "small"), small);
  const serving = undo.use(await world.serve(root));
  const reader = undo.use(await startRunner<ReaderErrands>(await world.shipped("transfer-reader.ts"), world.setup));
  const plain = {
    serving: undo.use(await startRunner<PlainErrands>("transfer-plain.ts", world.setup)),
    reading: undo.use(await startRunner<PlainErrands>("transfer-plain.ts", world.setup)),
  };
  await plain.serving.do("serve", undefined);
  await plain.serving.do("put", { path: join(root, "film.bin") });
  const { peers, missing } = process.env["NATSTER_PEERS"] === "no" ? { peers: [], missing: [] } : await findPeers();
  if (missing.length > 0) console.log(`not installed here, and not measured: ${missing.join(", ")}`);

  const [few, target] = [Math.min(bytes, 4 * MiB), join(world.directory, "arrived")];
  const amount = { bytes, chunk, window };
  const used: { reader: number; serving: number; nats: number }[] = [];
  const ours: Way = {
    name: "ours",
    bytes,
    async go() {
      const before = [reader.pid, serving.pid, world.nats.pid].map(processorTime);
      const took = await reader.do("download", { path: "film.bin", target });
      const after = [reader.pid, serving.pid, world.nats.pid].map(processorTime);
      const [ofReader = 0, ofServing = 0, ofNats = 0] = after.map((time, index) => time - (before[index] ?? 0));
      used.push({ reader: ofReader, serving: ofServing, nats: ofNats });
      return took;
    },
  };
  const others: Way[] = [
    {
      name: "published and subscribed, plain, with credit",
      bytes,
      goal: 0.7,
      go: () => plain.reading.do("pushed", amount),
    },
    {
      name: "asked and answered, plain, through the share",
      bytes,
      goal: 0.8,
      go: () => plain.reading.do("asked", amount),
    },
    { name: "object store, its own hash", bytes, goal: 4, go: () => plain.reading.do("stored", { hash: "default" }) },
    { name: "object store, Node's hash", bytes, go: () => plain.reading.do("stored", { hash: "native" }) },
    {
      name: "as before: 4 KiB and xkeys",
      bytes: few,
      goal: 50,
      go: () => plain.reading.do("before", { bytes: few, target }),
    },
    ...peers.map((peer) => ({
      name: peer.name,
      bytes,
      ...(peer.encrypts && { goal: 1 }),
      go: () => peer.carry(join(root, "film.bin"), join(world.directory, "peer")),
    })),
  ];
  const rates = await inTurns([ours, ...others], rounds);
  const rateOf = ({ name }: Way) => rates.get(name) ?? [];
  const rows: Row[] = [fact(`download of ${bytes / MiB} MiB`, "MB/s", median(rateOf(ours)))];
  for (const other of others) rows.push(against(other, rateOf(ours), rateOf(other)));

  const perGiB = (of: (each: (typeof used)[number]) => number) => median(used.map(of)) / (bytes / 1024 / MiB);
  rows.push(
    fact(
      "processor time of the reader",
      "s/GiB",
      perGiB((each) => each.reader),
    ),
    fact(
      "processor time of the file-server",
      "s/GiB",
      perGiB((each) => each.serving),
    ),
    fact(
      "processor time of nats-server",
      "s/GiB",
      perGiB((each) => each.nats),
    ),
    limit("most memory of the reader", "MB", mostMemory(reader.pid), 150),
    limit("most memory of the file-server", "MB", mostMemory(serving.pid), 150),
  );

  const { cold, seek } = await reader.do("first", { path: "film.bin", count: 50 });
  rows.push(limit("first bytes, of a session that is opened for them, p50", "ms", median(cold), 30));
  rows.push(limit("first bytes of a seek, p50", "ms", median(seek), 5));

  const mirrored: number[] = [];
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const { files, seconds } = await reader.do("mirror", { folder: "small", target });
    if (files !== small) throw new Error(`${files} of ${small} files were mirrored`);
    mirrored.push(files / seconds);
  }
  rows.push(least(`${small.toLocaleString("en")} files of 4 KiB mirrored`, "files/s", median(mirrored), 2_000));

  // Anew, for it keeps no more than 64 sessions of one account, and those of before stay for ten minutes.
  await serving[Symbol.asyncDispose]();
  undo.use(await world.serve(root));
  const readers = 64;
  const got = await reader.do("together", { path: "film.bin", readers, during: 10 });
  rows.push(least(`fairness (Jain) of ${readers} readers at once`, "", jain(got), 0.95));
  rows.push(fact("… all of them together", "MB/s", got.reduce((sum, each) => sum + each, 0) / 10 / 1e6));
  rows.push(limit("slow consumers", "", await slowConsumers(world.nats.monitorUrl), 0));
  return rows;
};

/** Megabytes in each second, by way and round. */
async function inTurns(ways: readonly Way[], rounds: number): Promise<Map<string, number[]>> {
  const rates = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (let index = 0; index < ways.length; index++) {
      const way = ways[(index + round) % ways.length];
      if (!way) continue;
      const rate = way.bytes / 1e6 / (await way.go());
      // The first round does not count: everything is started and compiled in it.
      if (round > 0) rates.get(way.name)?.push(rate);
    }
  }
  return rates;
}

/** Ours held against another way: by the median of the rounds' own ratios. */
function against({ name, goal }: Way, ours: readonly number[], theirs: readonly number[]): Row {
  const ratio = median(ours.map((rate, round) => rate / (theirs[round] ?? Number.NaN)));
  return {
    metric: `… against ${name}`,
    value: median(ours),
    unit: "MB/s",
    baseline: median(theirs),
    ratio,
    goal: goal === undefined ? null : `ratio ≥ ${goal}`,
    met: goal === undefined || ratio >= goal,
  };
}

/** One where all have the same, and one by their number where one has everything. */
const jain = (shares: readonly number[]): number =>
  shares.reduce((sum, each) => sum + each, 0) ** 2 / (shares.length * shares.reduce((sum, each) => sum + each ** 2, 0));

async function slowConsumers(monitorUrl: string): Promise<number> {
  const response = await fetch(`${monitorUrl}/varz`);
  return ((await response.json()) as { slow_consumers: number }).slow_consumers;
}

async function writeRandom(path: string, bytes: number): Promise<void> {
  await using file = await open(path, "w");
  for (let done = 0; done < bytes; done += MiB) await file.write(randomBytes(Math.min(MiB, bytes - done)));
}
