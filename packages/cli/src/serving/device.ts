/** The device as which this machine serves. */
import { join } from "node:path";
import { addDevice } from "@natster/person";
import { AuthorizationError } from "@nats-io/nats-core";
import { type Context, openContext } from "../context/context.ts";
import { writeAtomically } from "../context/files.ts";
import { accountKeyOf, type Connected, deviceName } from "../system/connect.ts";
import { type Agent, type AgentOptions, startAgent } from "./agent.ts";

/** Makes the serving device of a machine that has none yet. Throws `Failure` where the account's key is not here. */
export async function ensureServingDevice(person: Connected): Promise<Context> {
  const { context } = person;
  return (await context.servingCreds()) === undefined ? makeServingDevice(person) : context;
}

/**
 * Starts serving as this machine's device. Where that was revoked it gets another, since somebody asks for it here, where
 * the account's key is; `tell` is told. Throws `Failure`, and what nats-server says.
 */
export async function startServing(
  person: Connected,
  options: Omit<AgentOptions, "context">,
  tell: (what: string) => void,
): Promise<Agent> {
  const context = await ensureServingDevice(person);
  try {
    return await startAgent({ ...options, context });
  } catch (error) {
    if (!(error instanceof AuthorizationError) || !(await context.accountKey())) throw error;
    tell("the device as which this machine served is let in no more, so it has another; natster devices lists both");
    return startAgent({ ...options, context: await makeServingDevice(person) });
  }
}

async function makeServingDevice(person: Connected): Promise<Context> {
  const { context } = person;
  const creds = await addDevice(person, await accountKeyOf(context), {
    name: `${deviceName()}, serving`.slice(0, 256),
    role: "server",
    administrator: context.administrator,
    maySign: true,
  });
  await writeAtomically(join(context.directory, "serving.creds"), creds);
  return openContext(context.name);
}
