/** The device as which this machine serves. */
import { addDevice } from "@natster/person";
import { type Context, openContext } from "../context/context.ts";
import { writeAtomically } from "../context/files.ts";
import { accountKeyOf, type Connected, deviceName } from "../system/connect.ts";
import { join } from "node:path";

/** Makes the serving device of a machine that has none yet. Throws `Failure` where the account's key is not here. */
export async function ensureServingDevice(person: Connected): Promise<Context> {
  const { context } = person;
  if ((await context.servingCreds()) !== undefined) return context;
  const creds = await addDevice(person, await accountKeyOf(context), {
    name: `${deviceName()}, serving`.slice(0, 256),
    role: "server",
    administrator: context.administrator,
    maySign: true,
  });
  await writeAtomically(join(context.directory, "serving.creds"), creds);
  return openContext(context.name);
}
