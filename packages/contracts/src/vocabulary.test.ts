import { describe, expect, test } from "vitest";
import { decodePublicKey, decodeSeed, encodePublicKey, encodeSeed } from "./nkey.ts";
import {
  AccountKey,
  CatalogName,
  CodeId,
  Cursor,
  Digest,
  Handle,
  InstanceId,
  Jwt,
  Label,
  UserKey,
} from "./vocabulary.ts";

const bytes = Uint8Array.from({ length: 32 }, (_, index) => index);
const account = encodePublicKey("account", bytes);
const user = encodePublicKey("user", bytes);

/** Every word that becomes a token of a subject or of a key, and one that it admits. */
const tokens = {
  AccountKey: [AccountKey, account],
  UserKey: [UserKey, user],
  CatalogName: [CatalogName, "summer-2026"],
  Handle: [Handle, "kim"],
  CodeId: [CodeId, "S7KQ2M4T"],
  InstanceId: [InstanceId, "a1B2c3D4"],
  Digest: [Digest, "0".repeat(64)],
} as const;

describe("a token", () => {
  test.for(Object.entries(tokens))("%s admits what it is for", ([, [schema, value]]) => {
    expect(schema.parse(value)).toBe(value);
  });

  test.for(Object.entries(tokens))("%s admits nothing that a subject or a key must not hold", ([, [schema, value]]) => {
    const marks = [" ", ".", "*", ">", "\n", "\r\nPUB x 0", "\u0000", "$SYS", "ä", "/", "..", "\u2028"];
    const texts = marks.flatMap((mark) => [
      mark,
      value + mark,
      mark + value,
      value.slice(0, 3) + mark + value.slice(3),
    ]);
    expect(["", ...texts].filter((text) => schema.safeParse(text).success)).toEqual([]);
  });
});

describe("a key", () => {
  test("is text of its bytes, and read back", () => {
    expect(account).toMatch(/^A[A-Z2-7]{55}$/);
    expect(decodePublicKey("account", account)).toEqual(bytes);
    expect(decodePublicKey("user", account)).toBeUndefined();
    expect(AccountKey.safeParse(user).success).toBe(false);
  });

  test("with one character wrong is none", () => {
    for (let at = 1; at < account.length; at++) {
      const other = account[at] === "A" ? "B" : "A";
      expect(AccountKey.safeParse(account.slice(0, at) + other + account.slice(at + 1)).success).toBe(false);
    }
  });

  test("has a seed, which is no key", () => {
    const seed = encodeSeed("user", bytes);
    expect(seed).toMatch(/^SU/);
    expect(decodeSeed(seed)).toEqual({ kind: "user", seed: bytes });
    expect(decodeSeed(user)).toBeUndefined();
    expect(decodeSeed("")).toBeUndefined();
  });
});

test("a handle has 3 to 32 characters, a catalog's name 1 to 64, and neither begins or ends with a dash", () => {
  const fits = (schema: typeof Handle | typeof CatalogName, text: string) => schema.safeParse(text).success;
  expect([2, 3, 32, 33].map((length) => fits(Handle, "a".repeat(length)))).toEqual([false, true, true, false]);
  expect([0, 1, 64, 65].map((length) => fits(CatalogName, "a".repeat(length)))).toEqual([false, true, true, false]);
  for (const text of ["-abc", "abc-", "Abc"])
    expect([fits(Handle, text), fits(CatalogName, text)]).toEqual([false, false]);
});

test("a label is one line, in any language", () => {
  for (const text of ["", "Sommer in Österreich", "夏休み", "🌲"]) expect(Label.safeParse(text).success).toBe(true);
  for (const text of ["a\nb", "a\u2028b", "a\u0007", "a".repeat(257)])
    expect(Label.safeParse(text).success).toBe(false);
});

test("a JWT is three parts, of which none is empty or anything but base64url", () => {
  expect(Jwt.safeParse("a.b-_.c").success).toBe(true);
  for (const text of ["a.b", "a.b.", "a.b.c.d", "a.b=.c", "a b.c.d", `a.b.${"c".repeat(20_000)}`])
    expect(Jwt.safeParse(text).success).toBe(false);
});

test("a cursor is short, and made of letters and digits", () => {
  expect(Cursor.safeParse("2s").success).toBe(true);
  for (const text of ["", "a b", "../x", "a".repeat(65)]) expect(Cursor.safeParse(text).success).toBe(false);
});
