import { createKey, formatCreds, userJwt } from "@natster/trust";
import { expect, test } from "vitest";
import { readLink, readTyped } from "./link.ts";

const now = Date.UTC(2026, 0, 1);
const seconds = now / 1_000;
const account = createKey("account");
const key = createKey("user");
const credsUntil = (expires?: number) =>
  formatCreds(
    userJwt(account, { user: key.public, name: "Žofie's phone", issuedAt: seconds - 60, expires, role: "browser" }),
    key,
  );
const linkTo = (creds: string) => `#device=${Buffer.from(creds).toString("base64url")}`;

test.each([
  ["with an end", seconds + 60],
  ["without one", undefined],
])("a link carries a device %s", (_, end) => {
  const creds = credsUntil(end);
  expect(readLink(linkTo(creds), now)).toEqual({ state: "good", creds });
  expect(readLink(`https://share.example.org/natster/${linkTo(creds)}`, now)).toEqual({ state: "good", creds });
});

test("a device that has expired is said to be so", () => {
  expect(readLink(linkTo(credsUntil(seconds)), now)).toEqual({ state: "expired", name: "Žofie's phone", expired: now });
});

test.each(["", "#", "#/library", "#devices=1"])("%o is no link", (fragment) => {
  expect(readLink(fragment, now)).toEqual({ state: "none" });
});

test.each([
  ["half a link", linkTo(credsUntil()).slice(0, 400)],
  ["nothing", "#device="],
  ["no base64url", "#device=***"],
  ["no creds", linkTo("hello")],
])("%s cannot be read", (_, fragment) => {
  expect(readLink(fragment, now)).toEqual({ state: "unreadable" });
});

test.each([
  ["https://share.example.org/#code=S7KQ2M4T-9PZD-WB3E-5HJN", "S7KQ2M4T-9PZD-WB3E-5HJN"],
  ["S7KQ2M4T-9PZD-WB3E-5HJN", "S7KQ2M4T-9PZD-WB3E-5HJN"],
  [" s7kq2m4t 9pzd wb3e 5hjn ", "s7kq2m4t 9pzd wb3e 5hjn"],
])("%o, typed, is a code", (text, code) => {
  expect(readTyped(text, now)).toEqual({ state: "code", code });
});

test("what is neither a link nor a code is told to be unreadable", () => {
  expect(readTyped("hello", now)).toEqual({ state: "unreadable" });
});
