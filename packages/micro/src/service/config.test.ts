import { AccountKey } from "@natster/contracts";
import * as z from "zod";
import { expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";
import { kitConfig } from "./program.ts";
import { alice, bob } from "../nats.fixture.ts";

const schema = z.object({ SIZE: z.coerce.number().int(), OWNER: AccountKey, MODE: z.enum(["a", "b"]).default("a") });

test("settings are read, and what is not set is as usual", () => {
  expect(readConfig(schema, { SIZE: "7", OWNER: alice, PATH: "/bin" })).toEqual({ SIZE: 7, OWNER: alice, MODE: "a" });
});

test("an empty setting is none", () => {
  expect(readConfig(schema, { SIZE: "7", OWNER: alice, MODE: "" }).MODE).toBe("a");
  expect(() => readConfig(schema, { SIZE: "", OWNER: alice })).toThrow("SIZE is not set");
});

test("every setting that is missing or wrong is named, in one line, without its value", () => {
  const read = () =>
    readConfig(schema, { SIZE: "large", MODE: "SUAMK2FG4MI6UE3ACF3FK3OIQBCEIEZV7NSWFFEW63UXMRLFM2XLAXK4GY" });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/^cannot start: SIZE: .*; OWNER is not set; MODE: [^\n]*$/);
  expect(read).not.toThrow(/SUAMK/);
});

test("every platform service is told where nats-server is, who it is, and who is who", () => {
  const env = { NATS_URL: "nats://a,nats://b", NATS_CREDS: "x.creds", NATSTER_LOBBY: bob };
  expect(readConfig(kitConfig, env)).toEqual({
    NATS_URL: ["nats://a", "nats://b"],
    NATS_CREDS: "x.creds",
    NATSTER_LOBBY: bob,
    NATSTER_ADMINISTRATORS: [],
    NATSTER_COMMANDS_PER_MINUTE: 3_000,
    LOG_LEVEL: "info",
  });
  expect(readConfig(kitConfig, { ...env, NATSTER_ADMINISTRATORS: `${alice},` }).NATSTER_ADMINISTRATORS).toEqual([
    alice,
  ]);
  expect(() => readConfig(kitConfig, { ...env, NATSTER_ADMINISTRATORS: "kim" })).toThrow(/NATSTER_ADMINISTRATORS: /);
});
