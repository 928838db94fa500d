/** A steady load: people who ask one thing after another, for as long as it takes. */
import { setTimeout as sleep } from "node:timers/promises";
import type { TestPerson } from "@natster/testing";
import type { Outcome } from "../faults/insist.fixture.ts";

/** People who ask. */
export interface Load {
  /** What was answered until now. */
  readonly outcomes: readonly Outcome[];
  /** Resolves when so many more are answered; fails at once with whatever ends the load. */
  more(count?: number): Promise<void>;
  /** Resolves when the last that was asked is answered. */
  end(): Promise<readonly Outcome[]>;
}

/** Each person does one turn after another, each of which has a name of its own. */
export function startLoad(
  people: readonly TestPerson[],
  turn: (person: TestPerson, name: string) => Promise<readonly Outcome[]>,
): Load {
  const outcomes: Outcome[] = [];
  let over = false;
  const working = Promise.all(
    people.map(async (person, index) => {
      for (let turns = 0; !over; turns++) outcomes.push(...(await turn(person, `${index}-${turns}`)));
    }),
  );
  // Whoever waits for more is told of it.
  working.catch(() => {});
  return {
    outcomes,
    async more(count = 10) {
      const enough = outcomes.length + count;
      for (const until = Date.now() + 90_000; outcomes.length < enough; await Promise.race([sleep(50), working])) {
        if (Date.now() > until) throw new Error(`nobody is answered any more, after ${outcomes.length} answers`);
      }
    },
    async end() {
      over = true;
      await working;
      return outcomes;
    },
  };
}
