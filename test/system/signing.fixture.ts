/** An owner whose serving process holds the account key, and whose other devices ask it to sign. */
import {
  memoryCodeStore,
  addDevice,
  connectDevice,
  type NewDevice,
  type Person,
  startFulfiller,
} from "@natster/person";
import { serveGrants, type ServeGrantsOptions } from "@natster/file-server";
import { silentLog } from "@natster/micro";
import type { TestPerson, TestSystem } from "@natster/testing";

/** A device of somebody's, announced and connected, gone with the stack. */
export async function deviceOf(
  { platform }: TestSystem,
  owner: TestPerson,
  device: Omit<NewDevice, "name">,
  opened: AsyncDisposableStack,
): Promise<Person> {
  const creds = await addDevice(owner, owner.key, { name: device.role, ...device });
  return opened.use(await connectDevice(platform.place, creds, device.role, { timeout: 20_000 }));
}

/** Starts a process that holds somebody's account key: it signs, and answers whoever claims a code. */
export async function serveSigning(
  system: TestSystem,
  owner: TestPerson,
  opened: AsyncDisposableStack,
  options: Partial<ServeGrantsOptions> = {},
) {
  const person = await deviceOf(system, owner, { role: "server", maySign: true }, opened);
  const store = memoryCodeStore();
  const grants = opened.use(
    await serveGrants({ person, account: owner.key, codes: store, log: silentLog(), ...options }),
  );
  opened.use(await startFulfiller(person, { account: owner.key, store }));
  return { person, store, grants };
}
