import { createKey, formatCreds, userJwt } from "@natster/trust";
import { expect, test } from "vitest";
import { readLink } from "./link.ts";

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
