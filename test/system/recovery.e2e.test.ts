/** Losing a machine and its keys, and being the same person again from a file and a passphrase. */
import { CatalogName } from "@natster/contracts";
import {
  addDevice,
  codesOf,
  connectDevice,
  createDevice,
  exportPerson,
  importPerson,
  issueShareCode,
  memoryCodeStore,
  redeem,
  restoreCodes,
  revokeDevice,
  share,
  startFulfiller,
} from "@natster/person";
import { startSystem } from "@natster/testing";
import { keyFromSeed } from "@natster/trust";
import { expect, onTestFinished, test, vi } from "vitest";

// A whole system, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const photos = CatalogName.parse("photos");

test("who lost everything but a file and its passphrase is the same person again", async () => {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  const { place } = system.platform;
  const [alice, bob] = await Promise.all([system.person("alice"), system.person("bob")]);
  await alice.catalog.create({ catalog: photos });
  const stolen = await addDevice(alice, alice.key, { name: "laptop", role: "owner" });
  const store = memoryCodeStore();
  const code = await issueShareCode(alice, { catalog: photos }, store);
  const file = await exportPerson(
    {
      account: alice.account,
      accountSeed: alice.key.seed(),
      creds: createDevice(alice.key, { name: "backup", role: "owner" }),
      servers: [...place.servers],
      codes: await codesOf(store),
      pins: { bob: bob.account },
    },
    "correct horse",
  );
  expect(file).not.toContain(alice.key.seed());
  await alice.connection.close();

  expect(await importPerson(file, "battery staple")).toEqual({ refused: "passphrase_wrong" });
  const opened = await importPerson(file, "correct horse");
  if (opened.refused !== undefined) throw new Error(opened.refused);
  const { backup } = opened;
  const account = keyFromSeed(backup.accountSeed ?? "", "account");
  await using again = await connectDevice(place, backup.creds, "again");
  await expect(again.library.whoami({})).resolves.toMatchObject({ handle: "alice", account: alice.account });

  // What the thief has is worth nothing, what the owner signs holds, and a code that was on its way is answered.
  await using thief = await connectDevice(place, stolen, "thief");
  await revokeDevice(again, thief.user);
  await expect(connectDevice(place, stolen, "thief")).rejects.toThrow(/authorization|revoked/i);
  const after = await share(again, account, { catalog: photos, recipient: backup.pins["bob"] ?? alice.account });
  await expect(bob.library.inbox({ after })).resolves.toMatchObject({ rows: [{ catalog: photos }] });
  const recovered = memoryCodeStore();
  await restoreCodes(backup, recovered);
  await using _fulfiller = await startFulfiller(again, { account, store: recovered });
  await expect(redeem(place, code)).resolves.toMatchObject({ purpose: "share", owner: alice.account });
});
