import { fmtCreds, fromSeed, parseCreds as parseTheirs } from "@nats-io/jwt";
import { base64urlnopad } from "@scure/base";
import { expect, test } from "vitest";
import { authenticator, formatCreds, parseCreds, userOf } from "./creds.ts";
import { alice, device, now } from "./fixtures.ts";
import { createKey, verify } from "./key.ts";
import { newcomerUser } from "./newcomer.ts";
import { userJwt } from "./user.ts";

const jwt = userJwt(alice, { user: device.public, name: "phone", role: "owner", issuedAt: now });
const creds = formatCreds(jwt, device);

test("creds come back as they were written", () => {
  expect(parseCreds(creds)).toMatchObject({ jwt, key: { public: device.public } });
  expect(parseCreds(creds).key.seed()).toBe(device.seed());
  expect(parseCreds(creds.replaceAll("\n", "\r\n"))).toMatchObject({ jwt });
});

test("NATS's own library reads our creds, and ours reads its", async () => {
  expect(await parseTheirs(new TextEncoder().encode(creds))).toMatchObject({
    jwt,
    key: device.seed(),
    aid: alice.public,
  });
  const theirs = new TextDecoder().decode(fmtCreds(jwt, fromSeed(new TextEncoder().encode(device.seed()))));
  expect(parseCreds(theirs)).toMatchObject({ jwt, key: { public: device.public } });
});

test("creds say whose they are, also where a signing key made the user", () => {
  expect(userOf(creds)).toEqual({ user: device.public, account: alice.public });
  const lobby = { account: alice.public, seed: createKey("account").seed() };
  const newcomer = formatCreds(newcomerUser(lobby, device.public, now), device);
  expect(userOf(newcomer)).toEqual({ user: device.public, account: alice.public });
});

test("what is not creds is refused, and no secret is in the message", () => {
  const broken = [
    "",
    jwt,
    creds.slice(0, creds.indexOf("USER NKEY")),
    creds.replace(device.seed(), createKey("user").seed()),
    creds.replace(device.seed(), alice.seed()),
    creds.replace(jwt, `${jwt}A`),
  ];
  for (const text of broken) {
    expect(() => parseCreds(text)).toThrow(TypeError);
    expect(() => parseCreds(text)).toThrow(/^(?!.*S[UA][A-Z2-7]{50})/);
  }
});

test("a challenge is answered with a signature of the user's key", () => {
  const answer = authenticator(parseCreds(creds))("nonce");
  expect(answer).toMatchObject({ jwt, nkey: device.public });
  expect(verify(device.public, new TextEncoder().encode("nonce"), base64urlnopad.decode(answer.sig))).toBe(true);
});
