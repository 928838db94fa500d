/** Any service may be killed at any moment: what was acknowledged is in the log, and it is there once. */
import { startSystem } from "@natster/testing";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Outcome } from "./insist.fixture.ts";
import { wrongIn } from "./recorded.fixture.ts";
import { openReplay } from "./replay.fixture.ts";
import { runs } from "./runs.fixture.ts";
import { aTurn } from "./turn.fixture.ts";

const killed = ["accounts", "catalog", "codes", "projector"] as const;

test(
  "services that are killed under load lose no acknowledged command and record none twice",
  { timeout: 120_000 + runs.kills * 20_000 },
  async () => {
    // One administrator issues the codes of all: on a fast machine more than an account may.
    vi.stubEnv("NATSTER_CODES_PER_MINUTE", "1000000");
    vi.stubEnv("NATSTER_COMMANDS_PER_MINUTE", "1000000");
    onTestFinished(() => void vi.unstubAllEnvs());
    await using system = await startSystem({ apart: killed });
    await using replay = await openReplay(system);
    const people = await Promise.all(Array.from({ length: 6 }, () => system.person()));

    const outcomes: Outcome[] = [];
    let over = false;
    const working = people.map(async (person, index) => {
      for (let turn = 0; !over; turn++) outcomes.push(...(await aTurn(person, people, `${index}-${turn}`)));
    });

    const [seed = 0] = fc.sample(fc.nat(), 1);
    console.log(`killing ${runs.kills} times, in the order of seed ${seed}`);
    for (const name of fc.sample(fc.constantFrom(...killed), { numRuns: runs.kills, seed })) {
      // A kill comes after so many answers, not after so much time: at any moment, and always under load.
      const before = outcomes.length;
      while (outcomes.length < before + 5) await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      await system.processes.crash(name);
    }
    over = true;
    await Promise.all(working);

    expect(await wrongIn(replay, outcomes)).toEqual([]);
    expect(await replay.settled()).toEqual([]);
    expect(system.processes.surprises).toEqual([]);
    console.log(`${outcomes.length} commands acknowledged, each recorded once`);
  },
);
