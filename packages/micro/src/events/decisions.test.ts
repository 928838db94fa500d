import { expect, test } from "vitest";
import { decisions } from "./decisions.ts";
import { given } from "./given.ts";

test("what is skipped is gathered in a set that is not copied for each of them, and is each reader's own", () => {
  const skipped = (sequence: number) => ({ type: "skipped", data: { sequence } }) as const;
  const [one, other] = [given(decisions, skipped(7), skipped(9)).state, given(decisions, skipped(8)).state];

  expect([[...one.skipped], [...other.skipped], [...decisions.initial.skipped]]).toEqual([[7, 9], [8], []]);
  const next = { ...skipped(11), sequence: 3, time: "", actor: "", command: { name: "", id: "" } };
  expect(decisions.evolve(one, next).skipped).toBe(one.skipped);
});
