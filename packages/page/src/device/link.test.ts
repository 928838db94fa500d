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

test("a link carries a device: its name, its keys and its end", () => {
  const link = readLink(linkTo(credsUntil(seconds + 60)), now);
  expect(link).toMatchObject({
    state: "good",
    device: { name: "Žofie's phone", user: key.public, account: account.public, expires: now + 60_000 },
  });
});

test("a device may have no end", () => {
  const link = readLink(linkTo(credsUntil()), now);
  expect(link.state === "good" && link.device).not.toHaveProperty("expires");
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
  ["the JWT of another key", linkTo(credsUntil().replace(key.seed(), createKey("user").seed()))],
  ["a JWT that nobody signed", linkTo(credsUntil().replace(/\.([\w-]{6})[\w-]*\n/, ".$1AAAA\n"))],
])("%s cannot be read", (_, fragment) => {
  expect(readLink(fragment, now)).toEqual({ state: "unreadable" });
});
