/** What was acknowledged, held against the log. */
import type { Outcome } from "./insist.fixture.ts";
import type { Replay } from "./replay.fixture.ts";

/** Of commands that record exactly one event each, those that were refused, or that the log does not have exactly once. */
export async function wrongIn(replay: Replay, outcomes: readonly Outcome[]): Promise<Outcome[]> {
  const recordings = await replay.recordings();
  const counts = new Map([...recordings].map(([name, subjects]) => [name.split(" ").at(-1), subjects.length]));
  return outcomes.filter((outcome) => "refused" in outcome || counts.get(outcome.id) !== 1);
}
