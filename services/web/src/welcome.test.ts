import { AccountKey, encodePublicKey, encodeSeed } from "@natster/contracts";
import { Welcome } from "@natster/contracts/web";
import { expect, test } from "vitest";
import { welcome, type WelcomeConfig } from "./welcome.ts";

const account = (byte: number) => AccountKey.parse(encodePublicKey("account", new Uint8Array(32).fill(byte)));
const config: WelcomeConfig = {
  NATS_URL: ["nats://127.0.0.1:4222"],
  NATSTER_PLATFORM: account(1),
  NATSTER_LOBBY: account(2),
  NATSTER_LOBBY_SEED: encodeSeed("account", new Uint8Array(32).fill(3)),
};
const said = (more: Partial<WelcomeConfig> = {}) =>
  Welcome.parse(JSON.parse(welcome({ ...config, ...more }).plain.toString()));

test("it says all that a newcomer needs to knock", () => {
  expect(said()).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    servers: ["nats://127.0.0.1:4222"],
    platform: config.NATSTER_PLATFORM,
    lobby: { account: config.NATSTER_LOBBY, seed: config.NATSTER_LOBBY_SEED },
  });
});

test("addresses for clients elsewhere stand in place of the service's own", () => {
  const servers = ["tls://nats.example.org:4222", "wss://example.org/nats"];
  expect(said({ NATS_PUBLIC_URLS: servers }).servers).toEqual(servers);
});

test("a password in an address is not said", () => {
  const servers = ["nats://web:secret@10.0.0.1:4222", "web:se@cret@10.0.0.2:4222", "token@10.0.0.3"];
  expect(said({ NATS_URL: servers }).servers).toEqual(["nats://10.0.0.1:4222", "10.0.0.2:4222", "10.0.0.3"]);
});
