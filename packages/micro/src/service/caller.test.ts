import { createKey, userJwt } from "@natster/trust";
import { type MsgHdrs, headers } from "@nats-io/nats-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { callerOf, type Standing } from "./caller.ts";
import { alice, bob } from "../nats.fixture.ts";

const standing: Standing = { lobby: bob, administrators: new Set([alice]) };
const key = createKey("account");
const user = createKey("user");
const jwt = userJwt(key, { user: user.public, name: "phone", role: "browser", issuedAt: 1_800_000_000 });

function info(value: string): MsgHdrs {
  const named = headers();
  named.set("Nats-Request-Info", value);
  return named;
}

describe("a caller", () => {
  test("is the account in the subject's first token", () => {
    expect(callerOf(`${key.public}.natster.x`, undefined, standing)).toEqual({
      account: key.public,
      newcomer: false,
      administrator: false,
    });
    expect(callerOf(`${alice}.natster.x`, undefined, standing)).toMatchObject({ administrator: true });
    expect(callerOf(`${bob}.natster.x`, undefined, standing)).toMatchObject({ newcomer: true });
  });

  test("of the lobby is no administrator, whatever the configuration says", () => {
    const everybody = { lobby: bob, administrators: new Set([bob]) };
    expect(callerOf(`${bob}.natster.x`, undefined, everybody)).toMatchObject({ newcomer: true, administrator: false });
  });

  test("has the user and the role that nats-server tells of", () => {
    const told = info(JSON.stringify({ acc: key.public, user: user.public, jwt }));
    expect(callerOf(`${key.public}.natster.x`, told, standing)).toMatchObject({ user: user.public, role: "browser" });
  });

  test("has no role where its JWT names none, and no user where nats-server tells of none", () => {
    const nobody = { pub: { allow: [] }, sub: { allow: [] } };
    const nameless = userJwt(key, { user: user.public, name: "x", permissions: nobody, issuedAt: 1_800_000_000 });
    const plain = JSON.stringify({ user: user.public, jwt: nameless });
    expect(callerOf(`${key.public}.x`, info(plain), standing)).toEqual({
      account: key.public,
      newcomer: false,
      administrator: false,
      user: user.public,
    });
    expect(callerOf(`${key.public}.x`, info(`{"acc":"${key.public}"}`), standing)).not.toHaveProperty("user");
  });

  test("is nobody where the subject begins with no account", () => {
    for (const subject of ["", "natster.x", `${user.public}.natster.x`, `${key.public.toLowerCase()}.x`, key.public])
      expect(callerOf(subject, undefined, standing)).toBeUndefined();
  });

  test("is told or not, and never an exception, whatever the headers hold", () => {
    const claims = fc.json().map((value) => `x.${Buffer.from(value).toString("base64url")}.y`);
    const told = fc.oneof(
      fc.json(),
      fc
        .record({ user: fc.constant(user.public), jwt: fc.oneof(claims, fc.string(), fc.anything()) })
        .map((each) => JSON.stringify(each)),
      fc.string().map((text) => text.replaceAll(/[\r\n]/g, "")),
    );
    fc.assert(
      fc.property(told, (value) => {
        expect(callerOf(`${key.public}.x`, info(value), standing)?.account).toBe(key.public);
      }),
    );
  });
});
