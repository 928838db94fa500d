/** Devices that nats-server refuses: for a while, and they come back; for good, and they stop asking. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { CatalogName } from "@natster/contracts";
import { addDevice, connectDevice, createDevice, DeviceRevokedError, type Person, standingOf } from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { createKey } from "@natster/trust";
import { AuthorizationError } from "@nats-io/nats-core";
import { expect, onTestFinished, test } from "vitest";

async function aSystem(options: Parameters<typeof startSystem>[0] = {}) {
  const system = await startSystem(options);
  onTestFinished(() => system[Symbol.asyncDispose]());
  return { system, alice: await system.person("alice") };
}

async function connected({ platform }: TestSystem, creds: string, patience?: number): Promise<Person> {
  const options = { timeout: 20_000, ...(patience !== undefined && { patience }) };
  const device = await connectDevice(platform.place, creds, "device", options);
  onTestFinished(() => device[Symbol.asyncDispose]());
  return device;
}

const deviceOf = (alice: TestPerson, expiresIn?: number) =>
  createDevice(alice.key, { name: "phone", role: "owner", ...(expiresIn !== undefined && { expiresIn }) });

/** Counts how often nats-server has refused a device. */
function refusalsOf({ connection }: Person): () => number {
  let count = 0;
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === "error" && status.error instanceof AuthorizationError) count += 1;
    }
  })();
  return () => count;
}

test("a device outlasts a nats-server that has forgotten its account, until that is told again", async () => {
  const { system, alice } = await aSystem({ apart: ["accounts"] });
  const device = await connected(system, deviceOf(alice));
  const impatient = await connected(system, deviceOf(alice), 1_000);
  const refused = refusalsOf(device);
  await system.processes.kill("accounts");
  const resolver = join(system.directory, "nats", "accounts");
  for (const file of await readdir(resolver)) {
    if (file.startsWith(alice.account)) await rm(join(resolver, file));
  }
  await system.platform.nats.restart();
  // The library alone would have ended with the second.
  await expect.poll(refused, { timeout: 60_000 }).toBeGreaterThan(2);
  await expect(impatient.ended).resolves.toBeInstanceOf(AuthorizationError);
  expect(device.connection.isClosed()).toBe(false);

  await system.processes.crash("accounts");
  await expect
    .poll(() => device.library.whoami({}, { timeout: 2_000 }).catch(() => undefined), { timeout: 90_000 })
    .toMatchObject({ handle: "alice" });
}, 240_000);

test("a device that is revoked while it is connected asks no more, and is told why; no other is", async () => {
  const { system, alice } = await aSystem();
  const creds = await addDevice(alice, alice.key, { name: "phone", role: "owner" });
  const device = await connected(system, creds);
  const other = await connected(system, await addDevice(alice, alice.key, { name: "laptop", role: "owner" }));
  const refused = refusalsOf(device);

  await alice.accounts.revoke({ user: device.user });

  await expect(device.ended).resolves.toBeInstanceOf(DeviceRevokedError);
  expect(refused()).toBe(0);
  await expect(connected(system, creds)).rejects.toThrow(AuthorizationError);
  await expect(other.library.whoami({})).resolves.toMatchObject({ handle: "alice" });
}, 120_000);

test("an account that is suspended waits, learns from the platform how it stands, and goes on once it is resumed", async () => {
  const { system, alice } = await aSystem();
  const { administrator, platform } = system;
  const mallory = await system.person("mallory");
  await expect(standingOf(platform.place, alice.key)).resolves.toEqual({ status: "open" });
  await expect(standingOf(platform.place, createKey("account"))).resolves.toEqual({ status: "unknown" });

  await administrator.accounts.suspend({ account: alice.account, reason: "a complaint" });

  await expect.poll(() => alice.library.whoami({}, { timeout: 500 }).catch(() => "out")).toBe("out");
  await expect(standingOf(platform.place, alice.key)).resolves.toEqual({ status: "suspended", reason: "a complaint" });
  // Nobody asks about somebody else: what is signed names its own key.
  await expect(standingOf(platform.place, mallory.key)).resolves.toEqual({ status: "open" });
  await administrator.accounts.resume({ account: alice.account });
  await expect
    .poll(() => alice.library.whoami({}, { timeout: 2_000 }).catch(() => undefined), { timeout: 60_000 })
    .toMatchObject({ handle: "alice" });
}, 120_000);

test("a device whose time has run out does not ask again", async () => {
  const { system, alice } = await aSystem();
  const device = await connected(system, deviceOf(alice, 8));
  const refused = refusalsOf(device);
  await device.connection.closed();
  expect(refused()).toBeLessThan(2);
}, 120_000);

test("a service that is stopped while nats-server is away does not wait for it", async () => {
  const { system, alice } = await aSystem();
  await alice.catalog.create({ catalog: CatalogName.parse("photos") });
  await system.platform.nats.stop();
  const stopping = Object.entries(system.platform.services).map(async ([name, running]) => {
    await running.stop();
    return name;
  });
  // A request that nobody answers is given up after five seconds, and a projector has nine projections.
  const late = new Promise((resolve) => setTimeout(resolve, 20_000, "late"));
  const ended = await Promise.race([Promise.all(stopping), late]);
  expect(ended).toEqual(Object.keys(system.platform.services));
});
