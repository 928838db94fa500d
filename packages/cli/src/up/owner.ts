/** The account of whoever runs a system: made here before the system's configuration is written, so that it administers it. */
import { userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { Handle } from "@natster/contracts";
import { connectDevice, createDevice, type Place, register } from "@natster/person";
import type { Installation } from "@natster/standalone";
import { type Key, parseCreds } from "@natster/trust";
import { AuthorizationError } from "@nats-io/nats-core";
import {
  type Context,
  contextNames,
  currentName,
  keyInWaiting,
  openContext,
  useContext,
  writeContext,
} from "../context/context.ts";
import { Failure } from "../failure.ts";
import { accountKeyOf, deviceName } from "../system/connect.ts";
import { freshDevice } from "../system/fresh-device.ts";

/** The owner of a system, and the context that knows them. */
export interface Owner {
  readonly key: Key<"account">;
  /** Under which name the context is, or will be. */
  readonly name: string;
  readonly context: Context | undefined;
}

/** Finds the owner of the system in a directory among the contexts of this machine, or makes one. */
export async function ownerOf(directory: string, named: string | undefined): Promise<Owner> {
  const names = await contextNames();
  for (const name of named === undefined ? names : names.filter((each) => each === named)) {
    const context = await openContext(name);
    if (context.system === directory) return { key: await accountKeyOf(context), name, context };
  }
  const name = named ?? freeName(names);
  if (names.includes(name)) {
    throw new Failure(`context ${name} is of another system`, { next: "natster up --context ANOTHER" });
  }
  const { key } = await keyInWaiting(name);
  return { key, name, context: undefined };
}

const freeName = (names: readonly string[]): string => {
  for (let number = 1; ; number++) {
    const name = number === 1 ? "home" : `home-${number}`;
    if (!names.includes(name)) return name;
  }
};

/** Registers the owner where that is still to be done, and writes the context as the system is reached now. */
export async function settleOwner(
  { key, name, context }: Owner,
  {
    place,
    installation,
    directory,
    handle,
    timeout,
    signal,
    tell,
  }: {
    readonly place: Place;
    readonly installation: Installation;
    readonly directory: string;
    readonly handle: Handle | undefined;
    /** Milliseconds that one answer is waited for. */
    readonly timeout: number;
    readonly signal: AbortSignal;
    /** Told where the device had to be replaced. */
    readonly tell: (what: string) => void;
  },
): Promise<Context> {
  const device = { name: deviceName(), role: "owner", administrator: true, maySign: true } as const;
  if (!context) await register(place, { account: key, ...(handle !== undefined && { handle }) });
  const connect = (creds: string) => connectDevice(place, creds, "natster up", { timeout });
  let letsOthersIn = false;
  let creds = context ? await context.creds() : createDevice(key, device);
  await using person = await untilLetIn(async () => {
    try {
      return await connect(creds);
    } catch (error) {
      if (!context || !(error instanceof AuthorizationError)) throw error;
      // nats-server says the same where it has not been told of the account yet: then it lets in no other device either.
      if (!letsOthersIn) {
        await using _other = await connect(createDevice(key, device));
        letsOthersIn = true;
        throw error;
      }
      ({ creds } = await freshDevice(place, key, timeout));
      tell("this machine's device is let in no more, so it has a new one; natster devices lists them");
      return connect(creds);
    }
  }, signal);
  if (!context) await person.accounts.device({ jwt: parseCreds(creds).jwt });
  const { url: page } = await person.web.where({});
  const written = await writeContext(name, {
    account: key.public,
    servers: [...place.servers],
    page,
    platform: installation.platform,
    lobby: installation.lobby,
    system: directory,
    administrator: true,
    creds,
    accountKey: key,
  });
  if ((await currentName()) === undefined) await useContext(name);
  return written;
}

/** How long the log may take to become account JWTs, after a restore. */
const patience = 120_000;

/** What nats-server enforces is made from the log, and after a restore that takes a moment. */
async function untilLetIn<T>(connect: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const until = Date.now() + patience; ; await sleep(200, undefined, { signal })) {
    try {
      return await connect();
    } catch (error) {
      if (!(error instanceof AuthorizationError) || Date.now() > until) throw error;
    }
  }
}

/** The handle that this machine's user might have; undefined where the name cannot be one, or says nothing of them. */
export const usualHandle = (): Handle | undefined =>
  process.getuid?.() === 0
    ? undefined
    : Handle.safeParse(
        userInfo()
          .username.toLowerCase()
          .replace(/[^a-z0-9]+/g, "-")
          .replace(/^-+|-+$/g, ""),
      ).data;
