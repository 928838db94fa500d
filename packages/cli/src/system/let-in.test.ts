import { createDevice, type Place, register } from "@natster/person";
import { createKey } from "@natster/trust";
import { AuthorizationError } from "@nats-io/nats-core";
import { expect, test } from "vitest";
import { explain } from "../explain.ts";
import { anotherDevice } from "../explained.ts";
import { whyNotLetIn } from "./let-in.ts";
import { whyNoNewcomers } from "./newcomers.ts";

const account = createKey("account");
const creds = createDevice(account, { name: "laptop", role: "owner" });
const lobby = createKey("account");
const refusal = new AuthorizationError("Authorization Violation");

/** A system whose nats-server lets in neither devices nor newcomers. */
const shut: Place = {
  servers: ["nats://127.0.0.1:4222"],
  platform: createKey("account").public,
  lobby: { account: lobby.public, seed: lobby.seed() },
  dial: () => Promise.reject(refusal),
};

const said = async (holder: typeof account | undefined) =>
  explain(await whyNotLetIn(refusal, shut, { creds, account: holder }));

test("who holds the account's key makes another device, also where nobody says why this one is not let in", async () => {
  expect(await said(account)).toMatchObject({
    what: "nats-server does not let this device in",
    next: "natster devices renew",
  });
});

test("who does not hold it is sent to another device, and is told nothing about keys", async () => {
  const { why, next } = await said(undefined);
  expect(next).toBe(anotherDevice);
  expect(why).not.toContain("key");
});

test("a newcomer whom nats-server does not let in is sent to whoever runs the system", async () => {
  const refused: unknown = await register(shut, { account }).catch((error: unknown) => error);
  expect(explain(refused)).toEqual({
    what: "nats-server lets no newcomer in",
    why: "it has lost the account by which they come",
    next: "ask whoever runs the system",
  });
});

test("an administrator is told what brings newcomers in again, which is up to where the system runs", async () => {
  const next = async (system: string | undefined) => (await whyNoNewcomers(shut, { system }, 0))?.next;
  expect(await next("/srv/natster")).toBe("natster down, natster up");
  expect(await next(undefined)).toContain("docs/operator.md");
});
