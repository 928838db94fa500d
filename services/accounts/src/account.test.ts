import { CodeId, Handle } from "@natster/contracts";
import { leastLimits } from "@natster/contracts/accounts";
import { given } from "@natster/micro/given";
import { describe, expect, test } from "vitest";
import { account, admit, close, limit, rename, resume, suspend } from "./account.ts";

const [kim, lee] = [Handle.parse("kim"), Handle.parse("lee")];
const code = CodeId.parse("E7KQ2M4T");
const registered = { type: "registered", data: { handle: kim } } as const;
const nameless = { type: "registered", data: {} } as const;
const renamed = { type: "renamed", data: { handle: lee, was: kim } } as const;
const suspended = { type: "suspended", data: {} } as const;
const resumed = { type: "resumed", data: {} } as const;
const closed = { type: "closed", data: {} } as const;
/** The second in which these tests happen. */
const now = Date.UTC(2026, 0, 1) / 1000;

describe("an account", () => {
  test("that nobody has admitted is admitted, with what it came with", () => {
    expect(given(account).when(admit(kim, code))).toEqual({
      recorded: [{ type: "registered", data: { handle: kim, code } }],
    });
    expect(given(account).when(admit(undefined, undefined))).toEqual({ recorded: [nameless] });
  });

  test("that somebody else admitted meanwhile is not admitted twice", () => {
    expect(given(account, registered).when(admit(kim, undefined))).toEqual({ refused: "conflict" });
  });

  test("that was closed stays closed", () => {
    expect(given(account, registered, closed).when(admit(kim, undefined))).toEqual({ refused: "account_closed" });
    expect(given(account, registered, closed).when(rename(lee, undefined))).toEqual({ refused: "account_unknown" });
    expect(given(account, registered, closed).when(resume)).toEqual({ refused: "account_unknown" });
    expect(given(account, registered, closed).when(close(undefined, now))).toEqual({ recorded: [] });
  });

  test("that is not there can be neither renamed, limited, suspended, resumed nor closed", () => {
    for (const decide of [
      rename(lee, undefined),
      limit({ conn: 4 }),
      suspend(undefined),
      resume,
      close(undefined, now),
    ])
      expect(given(account).when(decide)).toEqual({ refused: "account_unknown" });
  });
});

describe("renaming", () => {
  test("gives another handle, and says which it was", () => {
    expect(given(account, registered).when(rename(lee, kim))).toEqual({ recorded: [renamed] });
    expect(given(account, nameless).when(rename(lee, undefined))).toEqual({
      recorded: [{ type: "renamed", data: { handle: lee } }],
    });
  });

  test("to the handle that it has records nothing", () => {
    expect(given(account, registered).when(rename(kim, kim))).toEqual({ recorded: [] });
  });

  test("from a handle that it has no more is a conflict: somebody has renamed it meanwhile", () => {
    expect(given(account, registered, renamed).when(rename(Handle.parse("max"), kim))).toEqual({ refused: "conflict" });
  });
});

describe("limits", () => {
  test("are recorded where they differ", () => {
    expect(given(account, registered).when(limit({ conn: 5 }))).toEqual({
      recorded: [{ type: "limited", data: { limits: { conn: 5 } } }],
    });
    const limited = { type: "limited", data: { limits: { conn: 5 } } } as const;
    expect(given(account, registered, limited).when(limit({ conn: 5 }))).toEqual({ recorded: [] });
  });

  test("to what amounts to being shut out is refused, and what keeps nobody out may be nothing", () => {
    const when = (limits: Parameters<typeof limit>[0]) => given(account, registered).when(limit(limits));
    for (const limits of [{ conn: 0 }, { conn: 3 }, { subs: 99 }, { payload: 1 }]) {
      expect(when(limits)).toEqual({ refused: "limits_too_low" });
    }
    for (const limits of [leastLimits, { conn: -1, subs: -1, payload: -1 }, { catalogs: 0, imports: 0 }, {}]) {
      expect(when(limits)).not.toHaveProperty("refused");
    }
  });
});

describe("suspending", () => {
  test("is recorded once, with its reason, and undone once", () => {
    expect(given(account, registered).when(suspend("noise"))).toEqual({
      recorded: [{ type: "suspended", data: { reason: "noise" } }],
    });
    expect(given(account, registered, suspended).when(suspend("noise"))).toEqual({ recorded: [] });
    expect(given(account, registered, suspended).when(resume)).toEqual({ recorded: [resumed] });
    expect(given(account, registered, suspended, resumed).when(resume)).toEqual({ recorded: [] });
  });

  test("keeps the handle", () => {
    expect(given(account, registered, suspended, resumed).state).toMatchObject({ status: "open", handle: kim });
  });
});

describe("closing", () => {
  test("is for good, with the handle that it has", () => {
    expect(given(account, registered).when(close(kim, now))).toEqual({ recorded: [closed] });
    expect(given(account, registered, suspended).when(close(kim, now))).toEqual({ recorded: [closed] });
    expect(given(account, registered, closed).state).toMatchObject({ status: "closed", handle: undefined });
  });

  test("with a handle that it has no more is a conflict", () => {
    expect(given(account, registered, renamed).when(close(kim, now))).toEqual({ refused: "conflict" });
  });
});
