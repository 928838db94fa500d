/** The projecting half of the bench of the log: catching up with events that are there, and making all rows anew. */
import { mostMemory } from "./errands.ts";
import { type Bench, compare, fact, least, limit, quantile } from "./harness.ts";
import { openLogPlace } from "./log-place.ts";
import type { Rebuilt } from "./log-worker.ts";

/** How many catalogs there are, and on either side as many accounts. */
const catalogs = 1_000;
/** The most memory that a process may take while it makes all rows anew, and that it may keep for long, in MB. */
const [memory, heap] = [400, 192];

export const measureProjecting: Bench = async ({ rounds }) => {
  const asked = Number(process.env["NATSTER_EVENTS"] ?? 100_000);
  await using place = await openLogPlace(catalogs);
  await using worker = await place.start();

  // What there is in the end is filled in slices, one for each round. Both sides go on from where they were.
  const slice = Math.ceil(asked / (rounds + 1) / catalogs) * catalogs;
  let filling = 0;
  const at = { project: 0, take: 0 };
  const catchUp = (errand: keyof typeof at) => async () => {
    at[errand] += slice;
    if (place.events < at[errand]) filling += await place.fill(slice);
    return slice / (await worker.do(errand, at[errand]));
  };
  const inTurns = { ours: catchUp("project"), baseline: catchUp("take") };
  const live = await compare("events projected, catching up live", "/s", inTurns, rounds, { atLeast: 0.5 });

  // After an odd number of turns over all pairs every share stands.
  if ((place.events / catalogs) % 2 === 0) filling += await place.fill(catalogs);
  await worker.do("project", place.events);
  const rebuilds: Rebuilt[] = [];
  let resident = 0;
  const anew = {
    async ours() {
      // What a process takes is told by one that has done nothing else.
      await using fresh = await place.start(heap);
      const rebuilt = await fresh.do("rebuild", place.keys);
      resident = Math.max(resident, mostMemory(fresh.pid));
      rebuilds.push(rebuilt);
      return place.events / rebuilt.seconds;
    },
    async baseline() {
      await worker.do("rewind", undefined);
      return place.events / (await worker.do("take", place.events));
    },
  };
  const metric = `events projected, in a rebuild of ${place.events.toLocaleString("en")}`;
  const rebuilt = await compare(metric, "/s", anew, Math.min(rounds, 3), { atLeast: 0.5 });
  const queries = rebuilds.flatMap(({ queries: times }) => times);
  const failed = rebuilds.reduce((sum, each) => sum + each.failed, 0);
  return [
    fact("events filled beforehand, in atomic batches", "/s", place.events / filling),
    live,
    least("… of an idle machine", "/s", live.value, 5_000),
    rebuilt,
    least("… of an idle machine", "/s", rebuilt.value, 35_000),
    limit(`queries that failed meanwhile, of ${queries.length.toLocaleString("en")}`, "", failed, 0),
    fact("queries meanwhile, p99", "ms", quantile(queries, 0.99)),
    limit(`resident size meanwhile at the most, of a heap of ${heap} MB`, "MB", resident, memory),
  ];
};
