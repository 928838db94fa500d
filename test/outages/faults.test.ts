/** Any container may be killed, stopped for a while or replaced at any moment: what was acknowledged is in the log, once. */
import { createKey } from "@natster/trust";
import fc from "fast-check";
import { expect, inject, test } from "vitest";
import { services, startContainers } from "../containers/system.ts";
import { wrongIn } from "../faults/recorded.fixture.ts";
import { openReplay } from "../faults/replay.fixture.ts";
import { aTurn } from "../faults/turn.fixture.ts";
import { everyHarm, harms } from "./harm.ts";
import { startLoad } from "./load.ts";

const { NATSTER_RUNS: asked = "100" } = process.env;
/** How often each container meets each harm. */
const rounds = Math.max(1, Math.round(Number(asked) / 100));

const all = everyHarm(["nats", ...services]);

test(
  "containers that are killed, paused and replaced under load lose no acknowledged command and record none twice",
  { timeout: 300_000 + rounds * all.length * 60_000 },
  async () => {
    const root = createKey("account");
    await using system = await startContainers({ command: inject("compose"), administrators: [root.public] });
    const administrator = await system.person(undefined, root);
    await using replay = await openReplay({ ...system, administrator });
    const people = await Promise.all(Array.from({ length: 4 }, () => system.person()));
    const load = startLoad(people, (person, name) => aTurn(person, people, name));

    const [seed = 0] = fc.sample(fc.nat(), 1);
    const inAnyOrder = fc.shuffledSubarray(all, { minLength: all.length });
    console.log(`${rounds} × ${all.length} harms, in the order of seed ${seed}`);
    for (const { service, harm } of fc.sample(inAnyOrder, { numRuns: rounds, seed }).flat()) {
      await load.more();
      const began = performance.now();
      await harms[harm](system.compose, service);
      await load.more();
      console.log(`${service} ${harm}: ten more answers after ${Math.round(performance.now() - began)} ms`);
    }

    const outcomes = await load.end();
    expect(await wrongIn(replay, outcomes)).toEqual([]);
    expect(await replay.settled()).toEqual([]);
    await system.compose.areWell(["nats", ...services]);
    console.log(`${outcomes.length} commands acknowledged, each recorded once`);
  },
);
