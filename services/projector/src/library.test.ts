import { projections } from "@natster/contracts/platform";
import { expect, test } from "vitest";
import { readModels } from "./library.ts";

test("every read model of the contracts is kept, from exactly the events that its durable delivers", () => {
  const kept = Object.values(readModels).map(({ into, rows }) => ({
    bucket: into.name,
    from: [...new Set(rows.map(({ events }) => events.subject))].toSorted(),
  }));
  const promised = projections
    .filter(({ service }) => service === "projector")
    .map(({ bucket, from }) => ({
      bucket: bucket.name,
      from: from.map(({ subject }) => subject).toSorted(),
    }));
  const byName = (a: { bucket: string }, b: { bucket: string }) => (a.bucket < b.bucket ? -1 : 1);
  expect(kept.toSorted(byName)).toEqual(promised.toSorted(byName));
});
