/** All rows are made anew from a long log while people ask for them, and no question goes without its answer. */
import { expect, test } from "vitest";
import { mostMemory } from "../bench/errands.ts";
import { openLogPlace } from "../bench/log-place.ts";
import { runs } from "./runs.fixture.ts";

test(
  `a rebuild of ${runs.rebuilt.toLocaleString("en")} events fails no query, says how far it is, and takes less than 400 MB`,
  { timeout: 120_000 + runs.rebuilt * 10 },
  async () => {
    await using place = await openLogPlace(1_000);
    await place.fill(runs.rebuilt);
    await using projector = await place.start();
    await projector.do("project", place.events);
    await using fresh = await place.start(128);

    const { queries, failed, progress } = await fresh.do("rebuild", place.keys);

    expect(queries.length).toBeGreaterThan(0);
    expect(failed).toBe(0);
    expect(progress).toEqual(progress.toSorted((one, other) => one - other));
    expect(progress.some((done) => done > 0 && done < 1)).toBe(true);
    expect(mostMemory(fresh.pid)).toBeLessThan(400);
    console.log(`${queries.length} queries answered, ${Math.round(mostMemory(fresh.pid))} MB at the most`);
  },
);
