import { given } from "@natster/micro/given";
import { describe, expect, test } from "vitest";
import {
  accept,
  acceptPublic,
  end,
  endOfAnother,
  endPublic,
  expire,
  giveUp,
  offer,
  shared,
  takeBack,
  turnDown,
} from "./shared.ts";

/** The second in which these tests happen. */
const now = Date.UTC(2026, 0, 1) / 1000;
const runsOut = (now + 3_600) * 1_000;
/** The catalog that these shares are of, and one that was made under its name when it had been given up. */
const here = { exists: true, since: 0 };
const another = { exists: true, since: 3 };
const grant = { grant: "a.b.one", issuedAt: now - 10 };
const offered = { type: "shared", data: grant } as const;
const bounded = { type: "shared", data: { ...grant, expires: new Date(runsOut).toISOString() } } as const;
const imported = { type: "imported", data: {} } as const;
const declined = { type: "declined", data: {} } as const;
const dropped = { type: "dropped", data: {} } as const;
const unshared = { type: "unshared", data: { reason: "owner" } } as const;

describe("offering", () => {
  test("is recorded", () => {
    expect(given(shared).when(offer(grant, here))).toEqual({ recorded: [offered] });
  });

  test("until the same moment as before records nothing, by whichever grant", () => {
    const anew = { ...grant, grant: "a.b.two" };
    expect(given(shared, offered, imported).when(offer(anew, here))).toEqual({ recorded: [] });
    const until = { ...anew, expires: new Date(runsOut).toISOString() };
    expect(given(shared, bounded).when(offer(until, here))).toEqual({ recorded: [] });
    expect(given(shared, offered).when(offer(until, here))).toHaveProperty("recorded.length", 1);
    expect(given(shared, bounded).when(offer(anew, here))).toHaveProperty("recorded.length", 1);
  });

  test("the same grant again records nothing", () => {
    expect(given(shared, offered).when(offer(grant, here))).toEqual({ recorded: [] });
    expect(given(shared, offered, imported).when(offer(grant, here))).toEqual({ recorded: [] });
  });

  test("another grant replaces the first, and what was accepted stays so", () => {
    const other = { grant: "a.b.two", issuedAt: now, expires: new Date(runsOut).toISOString() };
    expect(given(shared, offered, imported).when(offer(other, here))).toEqual({
      recorded: [{ type: "shared", data: { ...other, renews: true } }],
    });
    expect(given(shared, offered, imported, { type: "shared", data: other }).state).toMatchObject({
      standing: "imported",
      grant: "a.b.two",
      lastGrant: now,
    });
  });

  test("again after it was taken back takes a grant of a later second", () => {
    const past = given(shared, offered, unshared);
    expect(past.when(offer(grant, here))).toEqual({ refused: "grant_outdated" });
    expect(past.when(offer({ grant: "a.b.two", issuedAt: now }, here))).toEqual({ refused: "grant_outdated" });
    expect(past.when(offer({ grant: "a.b.two", issuedAt: now + 1 }, here))).toHaveProperty("recorded.length", 1);
  });

  test("again after a grant dated in the future was taken back takes one dated later still", () => {
    const future = { type: "shared", data: { grant: "a.b.future", issuedAt: now + 30 } } as const;
    const past = given(shared, future, unshared);
    expect(past.when(offer({ grant: "a.b.two", issuedAt: now + 30 }, here))).toEqual({ refused: "grant_outdated" });
    expect(past.when(offer({ grant: "a.b.two", issuedAt: now + 31 }, here))).toHaveProperty("recorded.length", 1);
  });

  test("as a renewal is recorded where it stands, and refused where it was taken back or never was", () => {
    const next = { grant: "a.b.two", issuedAt: now + 10, expires: new Date(runsOut + 1_000).toISOString() };
    const renew = offer(next, here, { renews: true });
    const recorded = { recorded: [{ type: "shared", data: { ...next, renews: true } }] };
    expect(given(shared, bounded, imported).when(renew)).toEqual(recorded);
    for (const past of [[], [bounded, unshared], [bounded, declined], [bounded, imported, dropped]] as const)
      expect(given(shared, ...past).when(renew)).toEqual({ refused: "share_unknown" });
  });

  test("what was declined may be offered again, by the same grant", () => {
    expect(given(shared, offered, declined).when(offer(grant, here))).toEqual({ recorded: [offered] });
  });
});

describe("a recipient", () => {
  test("accepts what is offered, once", () => {
    expect(given(shared, offered).when(accept(here))).toEqual({ recorded: [imported] });
    expect(given(shared, offered, imported).when(accept(here))).toEqual({ recorded: [] });
  });

  test("declines what is offered, and drops what was accepted", () => {
    expect(given(shared, offered).when(turnDown)).toEqual({ recorded: [declined] });
    expect(given(shared, offered, imported).when(turnDown)).toEqual({ refused: "already_imported" });
    expect(given(shared, offered, imported).when(giveUp)).toEqual({ recorded: [dropped] });
    expect(given(shared, offered).when(giveUp)).toEqual({ refused: "share_unknown" });
  });

  test.for([
    ["was never offered", []],
    ["was taken back", [offered, unshared]],
    ["was declined", [offered, declined]],
    ["was dropped", [offered, imported, dropped]],
  ] as const)("can do nothing with what %s", ([, past]) => {
    for (const decide of [accept(here), turnDown, giveUp])
      expect(given(shared, ...past).when(decide)).toEqual({ refused: "share_unknown" });
  });
});

describe("what stands on a catalog that was given up", () => {
  const outdated = { refused: "grant_outdated" };

  test("is not accepted as one of another catalog of that name, or of none", () => {
    for (const past of [[offered], [offered, imported]] as const) {
      expect(given(shared, ...past).when(accept(another))).toEqual({ refused: "share_unknown" });
      expect(given(shared, ...past).when(accept({ exists: false, since: 0 }))).toEqual({ refused: "share_unknown" });
    }
  });

  test("has to be taken back before the other is offered, so that it is void", () => {
    expect(given(shared, offered, imported).when(offer({ grant: "a.b.two", issuedAt: now + 9 }, another))).toEqual(
      outdated,
    );
    const ended = { type: "unshared", data: { reason: "retired" } } as const;
    expect(given(shared, offered, imported).when(endOfAnother(another))).toEqual({ recorded: [ended] });
    expect(given(shared, offered).when(endOfAnother(here))).toEqual({ recorded: [] });
    expect(given(shared, offered, unshared).when(endOfAnother(another))).toEqual({ recorded: [] });
  });

  test("does not stand by its grant where the other is public", () => {
    const open = { type: "imported", data: { public: true } } as const;
    expect(given(shared, offered, imported).when(acceptPublic(here))).toEqual({ recorded: [] });
    expect(given(shared, offered, imported).when(acceptPublic(another))).toEqual({ recorded: [open] });
    expect(given(shared, offered, imported, open).state).toMatchObject({ standing: "imported", grant: undefined });
  });
});

describe("taking back", () => {
  test("is recorded while it stands, and refused where it does not", () => {
    expect(given(shared, offered).when(takeBack)).toEqual({ recorded: [unshared] });
    expect(given(shared, offered, imported).when(takeBack)).toEqual({ recorded: [unshared] });
    for (const past of [[], [offered, unshared], [offered, declined]] as const)
      expect(given(shared, ...past).when(takeBack)).toEqual({ refused: "share_unknown" });
  });
});

describe("ending", () => {
  test("with what it stood on is recorded with the reason, where it still stands", () => {
    expect(given(shared, offered, imported).when(end("retired"))).toEqual({
      recorded: [{ type: "unshared", data: { reason: "retired" } }],
    });
    expect(given(shared, offered, dropped).when(end("closed"))).toEqual({ recorded: [] });
    expect(given(shared).when(end("closed"))).toEqual({ recorded: [] });
  });

  test("is of what was offered or accepted up to a place in the log, and not of what came later", () => {
    const gone = (reason: string) => ({ recorded: [{ type: "unshared", data: { reason } }] });
    const again = given(shared, offered, unshared, offered);
    expect(again.when(end("retired", 3))).toEqual(gone("retired"));
    expect(again.when(end("retired", 2))).toEqual({ recorded: [] });
    const open = given(shared, { type: "imported", data: { public: true } });
    expect(open.when(endPublic("unpublished", 1))).toEqual(gone("unpublished"));
    expect(open.when(endPublic("unpublished", 0))).toEqual({ recorded: [] });
  });

  test("by running out is recorded at its time, and not before", () => {
    const gone = { recorded: [{ type: "unshared", data: { reason: "expired" } }] };
    expect(given(shared, bounded).when(expire(runsOut))).toEqual(gone);
    expect(given(shared, bounded).when(expire(runsOut - 1))).toEqual({ recorded: [] });
    expect(given(shared, offered).when(expire(runsOut))).toEqual({ recorded: [] });
  });

  test("by running out is nothing where it was renewed for longer, or has ended", () => {
    const renewed = { type: "shared", data: { grant: "a.b.two", issuedAt: now } } as const;
    expect(given(shared, bounded, renewed).when(expire(runsOut))).toEqual({ recorded: [] });
    expect(given(shared, bounded, unshared).when(expire(runsOut))).toEqual({ recorded: [] });
  });
});
