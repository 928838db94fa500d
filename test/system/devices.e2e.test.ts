/** The devices of an account: announced, listed, named, and cut off by nats-server when they are revoked. */
import { type Role, sideOf } from "@natster/contracts";
import { devices } from "@natster/contracts/library";
import { connect, silentLog } from "@natster/micro";
import { openRows } from "@natster/micro/rows";
import {
  addDevice,
  connectDevice,
  createDevice,
  type Person,
  NotRenewedError,
  renewDevice,
  revokeDevice,
} from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { createKey, formatCreds, parseCreds, userJwt } from "@natster/trust";
import { describe, expect, onTestFinished, test } from "vitest";

async function anOwner() {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  return { system, alice: await system.person("alice") };
}

async function connected({ platform }: TestSystem, creds: string): Promise<Person> {
  const device = await connectDevice(platform.place, creds, "device");
  onTestFinished(() => device[Symbol.asyncDispose]());
  return device;
}

async function aDevice(system: TestSystem, alice: TestPerson, role: Role = "browser") {
  const key = createKey("user");
  const creds = await addDevice(alice, alice.key, { name: "phone", role, key });
  return { key, creds, device: await connected(system, creds) };
}

const listed = async (person: Person) => (await person.library.devices({})).rows;
const now = () => Math.floor(Date.now() / 1000);

describe("a device", () => {
  test("that was announced is listed, renamed and renewed", async () => {
    const { system, alice } = await anOwner();
    const { key, device } = await aDevice(system, alice);
    await expect.poll(() => listed(alice)).toMatchObject([{ user: key.public, name: "phone", role: "browser" }]);

    const { after } = await device.accounts.deviceRename({ user: key.public, name: "Ann's phone" });
    await expect(alice.library.devices({ after })).resolves.toMatchObject({ rows: [{ name: "Ann's phone" }] });

    const expires = now() + 600;
    const jwt = userJwt(alice.key, { user: key.public, name: "x", role: "browser", issuedAt: now() + 1, expires });
    const renewed = await alice.accounts.device({ jwt });
    await expect(alice.library.devices({ after: renewed.after })).resolves.toMatchObject({
      rows: [{ name: "Ann's phone", expires: new Date(expires * 1000).toISOString() }],
    });
  });

  test("is announced only by a JWT that the caller's own account key signed, and that holds", async () => {
    const { system, alice } = await anOwner();
    const bob = await system.person("bob");
    const said = { user: createKey("user").public, name: "x", role: "owner", issuedAt: now() } as const;
    const good = userJwt(alice.key, said);
    const others = [userJwt(bob.key, said), userJwt(alice.key, { ...said, expires: now() - 1 }), `${good}x`];
    for (const jwt of others) {
      await expect(alice.accounts.device({ jwt })).rejects.toMatchObject({ reason: "device_invalid", code: 422 });
    }
    await expect(bob.accounts.device({ jwt: good })).rejects.toMatchObject({ reason: "device_invalid" });
    await expect(alice.accounts.device({ jwt: good })).resolves.toHaveProperty("after");
  });

  test("of one account is in no other's list", async () => {
    const { system, alice } = await anOwner();
    const bob = await system.person("bob");
    await aDevice(system, alice);
    await expect.poll(() => listed(alice)).toHaveLength(1);
    expect(await listed(bob)).toEqual([]);
  });
});

describe("a device that is revoked", () => {
  test("loses its live connection, and gets none with what it has", async () => {
    const { system, alice } = await anOwner();
    const { key, creds, device } = await aDevice(system, alice);
    await expect(device.library.whoami({})).resolves.toMatchObject({ handle: "alice" });
    const closed = cutOff(device);

    await revokeDevice(alice, key.public);
    await expect(closed).resolves.toBeUndefined();
    await expect(connected(system, creds)).rejects.toThrow(/authorization|revoked/i);
    await expect.poll(() => listed(alice)).toEqual([]);
    await expect(alice.library.whoami({})).resolves.toMatchObject({ handle: "alice" });
  });

  test("connects again with a newer JWT", async () => {
    const { system, alice } = await anOwner();
    const { key, creds } = await aDevice(system, alice);
    await revokeDevice(alice, key.public);
    const renewed = await addDevice(alice, alice.key, { name: "phone", role: "browser", key });
    const again = await connected(system, renewed);
    await expect(again.library.whoami({})).resolves.toMatchObject({ handle: "alice" });
    await expect(connected(system, creds)).rejects.toThrow(/authorization|revoked/i);
  });

  test("need not have been announced", async () => {
    const { system, alice } = await anOwner();
    const creds = createDevice(alice.key, { name: "made in secret", role: "owner" });
    const device = await connected(system, creds);
    const closed = cutOff(device);
    await revokeDevice(alice, device.user);
    await expect(closed).resolves.toBeUndefined();
  });

  test("may be another only for one that owns the account; itself it may revoke always", async () => {
    const { system, alice } = await anOwner();
    const { device } = await aDevice(system, alice);
    await expect(device.accounts.revoke({ user: alice.user })).rejects.toMatchObject({ reason: "wrong_role" });
    await expect(device.accounts.deviceRename({ user: alice.user, name: "x" })).rejects.toMatchObject({
      reason: "wrong_role",
    });
    const { jwt } = parseCreds(createDevice(alice.key, { name: "x", role: "owner" }));
    await expect(device.accounts.device({ jwt })).rejects.toMatchObject({ reason: "wrong_role" });
    const closed = cutOff(device);
    await revokeDevice(device, device.user);
    await expect(closed).resolves.toBeUndefined();
  });
});

describe("a browser's device", () => {
  test("is renewed in the last third of its time, with the same key and rights, and not before", async () => {
    const { system, alice } = await anOwner();
    const key = createKey("user");
    const said = { user: key.public, name: "phone", role: "browser", maySign: true } as const;
    const [young, old] = [now() - 100, now() - 250].map((issuedAt) =>
      userJwt(alice.key, { ...said, issuedAt, expires: issuedAt + 300 }),
    );
    await alice.accounts.device({ jwt: young ?? "" });
    await expect(renewDevice(alice, alice.key, young ?? "")).resolves.toBeUndefined();

    await expect.poll(() => listed(alice)).toHaveLength(1);
    const jwt = await renewDevice(alice, alice.key, old ?? "");
    const device = await connected(system, formatCreds(jwt ?? "", key));
    await expect(device.library.whoami({})).resolves.toMatchObject({ handle: "alice" });
    const renewed = async () => Date.parse((await listed(alice))[0]?.expires ?? "") / 1_000 - now();
    await expect.poll(renewed, { timeout: 20_000 }).toBeGreaterThan(250);
    expect(await listed(alice)).toMatchObject([{ user: key.public, role: "browser", maySign: true }]);
  });

  test("that was revoked, has run out, or is another account's is not renewed", async () => {
    const { system, alice } = await anOwner();
    const bob = await system.person("bob");
    const user = createKey("user").public;
    const said = { user, name: "phone", role: "browser", issuedAt: now() - 250, expires: now() + 50 } as const;
    const revoked = userJwt(alice.key, said);
    await alice.accounts.device({ jwt: revoked });
    await revokeDevice(alice, user);
    await expect.poll(() => listed(alice), { timeout: 20_000 }).toEqual([]);
    const others = [revoked, userJwt(alice.key, { ...said, expires: now() - 1 }), userJwt(bob.key, said)];
    for (const jwt of others) await expect(renewDevice(alice, alice.key, jwt)).rejects.toThrow(NotRenewedError);
    expect(await listed(alice)).toEqual([]);
  });
});

test("an account that is closed leaves no device behind", async () => {
  const { system, alice } = await anOwner();
  const { device } = await aDevice(system, alice);
  const { nats, installation } = system.platform;
  const creds = { file: installation.creds("projector-streams") };
  const streams = await connect({ servers: nats.url, creds, name: "test", log: silentLog() });
  onTestFinished(() => streams.close());
  const rows = await openRows(streams, sideOf(devices, "a"));
  const left = async () => (await rows.page(`${alice.account}.*`)).rows;
  await expect.poll(left).toHaveLength(1);
  const closed = cutOff(device);
  await alice.accounts.close({});
  await closed;
  await expect.poll(left).toEqual([]);
});

/** Resolves when nats-server has ended a device's connection. */
async function cutOff({ connection }: Person): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === "disconnect" || type === "close") return;
  }
}
