import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import {
  contextFor,
  contextNames,
  currentName,
  keyInWaiting,
  openContext,
  removeContext,
  useContext,
  writeContext,
} from "./context.ts";
import { made, ownHome } from "./home.fixture.ts";

beforeEach(() => void ownHome());

test("a context comes back as it was written, and stays the same machine", async () => {
  const context = made();
  const first = await writeContext("home", context);
  const second = await writeContext("home", { ...context, servers: ["nats://127.0.0.1:2"] });
  expect(second).toMatchObject({ account: context.account, servers: ["nats://127.0.0.1:2"], machine: first.machine });
  expect((await second.accountKey())?.public).toBe(context.account);
  expect(await second.creds()).toBe(context.creds);
});

test("nobody else may read any of it", async () => {
  const { directory } = await writeContext("home", made());
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  const names = readdirSync(directory);
  expect(names).toEqual(expect.arrayContaining(["account.seed", "context.json", "device.creds", "nats.json"]));
  for (const name of names) expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
});

test("where there is one context it is the one that is meant, and of several the one that was chosen", async () => {
  await expect(contextFor(undefined)).rejects.toThrow("you have no account");
  await writeContext("home", made());
  expect((await contextFor(undefined)).name).toBe("home");
  await writeContext("work", made());
  await expect(contextFor(undefined)).rejects.toThrow("no context is in use");
  await useContext("work");
  expect(await currentName()).toBe("work");
  expect((await contextFor("home")).name).toBe("home");
  await removeContext("work");
  expect(await contextNames()).toEqual(["home"]);
  expect(await currentName()).toBe("home");
});

test("a key that was made is found again by the next try, and is no context yet", async () => {
  const first = await keyInWaiting("home");
  const second = await keyInWaiting("home");
  expect([first.before, second.before]).toEqual([false, true]);
  expect(second.key.public).toBe(first.key.public);
  expect(await contextNames()).toEqual([]);
});

test("a file that somebody spoilt is named", async () => {
  const { directory } = await writeContext("home", made());
  const path = join(directory, "context.json");
  chmodSync(path, 0o600);
  writeFileSync(path, "{");
  await expect(openContext("home")).rejects.toThrow(path);
});
