/**
 * Whatever people do and whatever goes wrong meanwhile, the rows and the account JWTs are those that follow from the
 * log: services die at any moment, durables deliver again, projectors hand over, and commands come more than once.
 */
import { CatalogName, CodeId, Handle } from "@natster/contracts";
import { startSystem, type TestSystem } from "@natster/testing";
import { createCode, createKey } from "@natster/trust";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openReplay, type Replay } from "./replay.fixture.ts";
import { runs } from "./runs.fixture.ts";
import { type Scene, type Step, take, waves } from "./steps.fixture.ts";

let system: TestSystem;
let replay: Replay;

beforeAll(async () => {
  system = await startSystem({
    apart: ["accounts", "accounts", "catalog", "catalog", "codes", "projector", "projector"],
    logLevel: "info",
  });
  replay = await openReplay(system);
}, 120_000);
afterAll(async () => {
  await replay?.[Symbol.asyncDispose]();
  await system?.[Symbol.asyncDispose]();
});

/** Commands that were acknowledged with a sequence, over all runs. */
let acknowledged = 0;
let run = 0;

async function play(steps: readonly Step[][]): Promise<void> {
  await using scope = new AsyncDisposableStack();
  run++;
  const people = await Promise.all(Array.from({ length: 5 }, () => system.person()));
  for (const person of people) scope.use(person);
  const [victim, ...others] = people;
  if (!victim) throw new Error("nobody is there");
  const scene: Scene = {
    system,
    connection: replay.connection,
    people: others,
    victim,
    devices: people.map(() => [createKey("user"), createKey("user")]),
    handles: [0, 1, 2].map((index) => Handle.parse(`run-${run}-${index}`)),
    codes: [0, 1].map(() => CodeId.parse(createCode("enrol").id)),
  };

  for (const wave of [...opening, ...steps]) {
    const outcomes = (await Promise.all(wave.map((step) => take(scene, step)))).flat();
    acknowledged += outcomes.filter((outcome) => "after" in outcome).length;
  }

  expect(await replay.settled(people.map(({ account }) => account))).toEqual([]);
}

/** Everybody has something to share, and shares it, before anything goes wrong. */
const opening: readonly Step[][] = [
  [0, 1, 2, 3].map((who) => ({ command: { do: "create", who, what: CatalogName.parse("photos") }, times: 1 })),
  [0, 1, 2, 3].map((who) => ({
    command: { do: "share", who, what: CatalogName.parse("photos"), to: who + 1, expires: null },
    times: 2,
  })),
];

test("rows and account JWTs equal a replay of the log", { timeout: runs.replay * 60_000 }, async () => {
  // What fails here does not fail the same way when it is tried again: there is nothing to shrink.
  const options = { numRuns: runs.replay, endOnFailure: true };
  await fc.assert(fc.asyncProperty(waves, play), options).catch((error: unknown) => {
    const ended = system.processes.surprises.join(", ") || "none";
    throw new Error(`a run failed; processes that ended by themselves: ${ended}`, { cause: error });
  });

  // Everybody of every run once more, and no command was recorded twice.
  expect(await replay.settled()).toEqual([]);
  const twice = [...(await replay.recordings())].filter(([, subjects]) => new Set(subjects).size < subjects.length);
  expect(twice).toEqual([]);
  expect(system.processes.surprises).toEqual([]);
  console.log(`${runs.replay} runs, ${acknowledged} commands acknowledged`);
  expect(acknowledged).toBeGreaterThan(runs.replay);
});
