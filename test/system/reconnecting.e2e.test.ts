/** Devices that nats-server refuses: for a while, and they come back; for good, and they stop asking. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { addDevice, connectDevice, createDevice, type Person } from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
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
  const refused = refusalsOf(device);
  await system.processes.kill("accounts");
  const resolver = join(system.directory, "nats", "accounts");
  for (const file of await readdir(resolver)) {
    if (file.startsWith(alice.account)) await rm(join(resolver, file));
  }
  await system.platform.nats.restart();
  // The library alone would have ended with the second.
  await expect.poll(refused, { timeout: 60_000 }).toBeGreaterThan(2);

  await system.processes.crash("accounts");
  await expect
    .poll(() => device.library.whoami({}, { timeout: 2_000 }).catch(() => undefined), { timeout: 90_000 })
    .toMatchObject({ handle: "alice" });
}, 240_000);

test("a device that was revoked stops asking when its patience is over, and no other does", async () => {
  const { system, alice } = await aSystem();
  const creds = await addDevice(alice, alice.key, { name: "phone", role: "owner" });
  const device = await connected(system, creds, 1_000);
  const patient = await connected(system, creds);
  const refused = refusalsOf(patient);
  await alice.accounts.revoke({ user: device.user });
  await device.connection.closed();
  await expect.poll(refused, { timeout: 60_000 }).toBeGreaterThan(2);
  expect(patient.connection.isClosed()).toBe(false);
  await expect(alice.library.whoami({})).resolves.toMatchObject({ handle: "alice" });
}, 120_000);

test("a device whose time has run out does not ask again", async () => {
  const { system, alice } = await aSystem();
  const device = await connected(system, deviceOf(alice, 8));
  const refused = refusalsOf(device);
  await device.connection.closed();
  expect(refused()).toBeLessThan(2);
}, 120_000);
