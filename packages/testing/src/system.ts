/** A whole system for a test: a nats-server, every service, and people, all gone at the end of the scope. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Handle } from "@natster/contracts";
import { connectDevice, createDevice, type Person, register } from "@natster/person";
import {
  type Platform,
  type PlatformOptions,
  type ServiceName,
  serviceNames,
  startPlatform,
} from "@natster/standalone";
import { createKey, type Key } from "@natster/trust";
import { type Processes, startProcesses } from "./processes.ts";

/** Somebody in a test: connected, and with the account key at hand. */
export interface TestPerson extends Person {
  readonly key: Key<"account">;
}

/** A system in a test. */
export interface TestSystem extends AsyncDisposable {
  readonly platform: Platform;
  readonly directory: string;
  /** The services that run apart. */
  readonly processes: Processes;
  /** An administrator, registered and connected. */
  readonly administrator: TestPerson;
  /** Somebody new, registered and connected as `owner`. */
  person(handle?: string): Promise<TestPerson>;
}

/** How a system in a test is started. */
export interface SystemOptions extends Partial<Omit<PlatformOptions, "administrators" | "here">> {
  /** Services that run as processes of their own, once for each time that they are named. */
  readonly apart?: readonly ServiceName[];
}

/** Starts a system in a temporary directory. People register without a code unless told otherwise. */
export async function startSystem({ apart = [], ...options }: SystemOptions = {}): Promise<TestSystem> {
  await using undo = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "natster-test-"));
  undo.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const root = createKey("account");
  const platform = undo.use(
    await startPlatform({
      directory,
      registration: "open",
      logLevel: "debug",
      ...options,
      administrators: [root.public],
      here: serviceNames.filter((name) => !apart.includes(name)),
    }),
  );
  const processes = undo.use(await startProcesses(platform, apart));

  const people = undo.use(new AsyncDisposableStack());
  const admit = async (
    key: Key<"account">,
    handle: string | undefined,
    administrator: boolean,
  ): Promise<TestPerson> => {
    await register(platform.place, { account: key, ...(handle !== undefined && { handle: Handle.parse(handle) }) });
    const creds = createDevice(key, { name: handle ?? "device", role: "owner", administrator });
    // A machine may have much else to do; whoever waits for an answer that never comes is told by the test's own bound.
    const connected = await connectDevice(platform.place, creds, handle ?? "device", { timeout: 20_000 });
    return people.use({ ...connected, key });
  };
  const administrator = await admit(root, undefined, true);

  const ending = undo.move();
  return {
    platform,
    directory,
    processes,
    administrator,
    person: (handle) => admit(createKey("account"), handle, false),
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}
