/** What takes back needs no room in the log, so it must not go on for ever: nothing more comes of it than was there. */
import type { EventOf, EventsContract } from "@natster/contracts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import type { Aggregate, Decide } from "@natster/micro/aggregate";
import { given } from "@natster/micro/given";
import { expect, test } from "vitest";
import { catalog, expirePublication, retireCatalog, unpublishCatalog } from "./catalog.ts";
import { end, endOfAnother, endPublic, expire, giveUp, shared, takeBack, turnDown } from "./shared.ts";

/** Everything that these decisions record, each of them again and again, whichever comes first. */
function* recordedBy<E extends EventsContract, S>(
  aggregate: Aggregate<E, S>,
  before: readonly EventOf<E>[],
  decisions: readonly Decide<E, S>[],
): Generator<readonly EventOf<E>[]> {
  for (const first of decisions) {
    const recorded: EventOf<E>[] = [];
    for (const decide of [first, ...decisions, ...decisions]) {
      const outcome = given(aggregate, ...before, ...recorded).when(decide);
      if ("recorded" in outcome) recorded.push(...outcome.recorded);
    }
    yield recorded;
  }
}

const until = "2026-01-01T00:00:00.000Z";
const late = Date.parse("2027-01-01");

test("a share is taken back once, whoever does so and why", () => {
  const offered = { type: "shared", data: { grant: "grant", issuedAt: 1, expires: until } } as const;
  const accepted = { type: "imported", data: {} } as const;
  const open = { type: "imported", data: { public: true } } as const;
  const other = endOfAnother({ since: 1_000 });
  const decisions = [takeBack, turnDown, giveUp, end("retired"), endPublic("unpublished"), expire(late), other];
  for (const before of [[offered], [offered, accepted], [open]]) {
    for (const recorded of recordedBy(shared, before, decisions)) {
      expect(recorded).toHaveLength(1);
      expect(shareEvents.takesBack).toContain(recorded[0]?.type);
    }
  }
  for (const recorded of recordedBy(shared, [], decisions)) expect(recorded).toEqual([]);
});

test("a catalog is given up once, and so is that it is public", () => {
  const made = { type: "created", data: {} } as const;
  const open = { type: "published", data: { statement: "statement", from: 1, until } } as const;
  const decisions = [unpublishCatalog, expirePublication(late), retireCatalog("owner"), retireCatalog("closed")];
  for (const before of [[], [made], [made, open]]) {
    for (const recorded of recordedBy(catalog, before, decisions)) {
      expect(recorded.length).toBeLessThanOrEqual(before.length);
      for (const { type } of recorded) expect(catalogEvents.takesBack).toContain(type);
    }
  }
});
