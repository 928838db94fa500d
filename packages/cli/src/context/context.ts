/** Contexts: each is an account on a system, as this machine knows it. */
import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AccountKey, CatalogName, Handle } from "@natster/contracts";
import { Welcome } from "@natster/contracts/web";
import { readIfThere } from "@natster/files/if-there";
import { createKey, type Key, keyFromSeed, userOf } from "@natster/trust";
import * as z from "zod";
import { anotherDevice } from "../explained.ts";
import { Failure } from "../failure.ts";
import { type Authority, authorityToKeep } from "./authority.ts";
import { readJson, writeAtomically, writeJson } from "./files.ts";
import { contextsDirectory, currentFile } from "./paths.ts";

/** The name of a context, which is a folder's name too. */
export const ContextName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/, "lower-case letters, digits, inner dots and dashes, at most 64");

const Settings = z.strictObject({
  version: z.literal(1),
  account: AccountKey,
  /** How the system is reached: NATS addresses, `nats:`, `tls:`, `ws:` or `wss:`. */
  servers: z.array(z.string()).min(1),
  /** Where its page is. */
  page: z.url().optional(),
  platform: Welcome.shape.platform,
  lobby: Welcome.shape.lobby,
  /** The folder of the system, where it runs on this machine. */
  system: z.string().optional(),
  administrator: z.boolean().default(false),
  /** By which the process that serves folders of this machine is told apart from those of other machines. */
  machine: z.string().regex(/^[0-9a-f]{16}$/),
});
export type Settings = z.output<typeof Settings>;

/** A folder that this machine serves as a catalog. */
const ServedFolder = z.strictObject({ root: z.string(), dotfiles: z.boolean().default(false) });
const Served = z.record(CatalogName, ServedFolder);
export type Served = z.output<typeof Served>;

const Pins = z.record(Handle, AccountKey);
export type Pins = z.output<typeof Pins>;

/** A context on the disk. What is read is read anew each time: other processes write too. */
export interface Context extends Settings {
  readonly name: string;
  readonly directory: string;
  /** The authority of its certificates, where it is none that everybody knows. */
  readonly authority?: Authority;
  /** The device's creds, a secret. Throws `Failure` where they are gone. */
  creds(): Promise<string>;
  /** The creds of this machine's serving process, where it has some. */
  servingCreds(): Promise<string | undefined>;
  /** The account's own key, where this machine holds it. */
  accountKey(): Promise<Key<"account"> | undefined>;
  /** What is served from this machine. */
  served(): Promise<Served>;
  writeServed(served: Served): Promise<void>;
  /** Whose key each handle had when it was first used here. */
  pins(): Promise<Pins>;
  writePins(pins: Pins): Promise<void>;
}

/** What a new context is made from. */
export interface NewContext extends Omit<Settings, "version" | "machine"> {
  /** The device's creds. */
  readonly creds: string;
  readonly servingCreds?: string;
  readonly accountKey?: Key<"account">;
  /** What somebody named as the system's authority. */
  readonly authority?: Authority | undefined;
}

const fileNames = {
  settings: "context.json",
  creds: "device.creds",
  serving: "serving.creds",
  account: "account.seed",
  served: "served.json",
  pins: "people.json",
  nats: "nats.json",
  authority: "ca.crt",
} as const;

const folderOf = (name: string): string => join(contextsDirectory(), name);

/**
 * The account key of a context that is about to be: on the disk before anybody hears of it, so that a crash loses no
 * account. `before` tells whether it was made by an earlier try.
 */
export async function keyInWaiting(name: string): Promise<{ key: Key<"account">; before: boolean }> {
  const path = join(folderOf(name), fileNames.account);
  const seed = await readIfThere(path);
  if (seed !== undefined) return { key: keyFromSeed(seed, "account"), before: true };
  const key = createKey("account");
  await writeAtomically(path, `${key.seed()}\n`);
  return { key, before: false };
}

/** Writes a context, over one of that name; what says that it is there is written last. */
export async function writeContext(name: string, made: NewContext): Promise<Context> {
  const { creds, servingCreds, accountKey, authority, ...settings } = made;
  const at = (file: keyof typeof fileNames) => join(folderOf(name), fileNames[file]);
  const before = await readJson(at("settings"), Settings);
  if (accountKey) await writeAtomically(at("account"), `${accountKey.seed()}\n`);
  await writeAtomically(at("creds"), creds);
  if (servingCreds !== undefined) await writeAtomically(at("serving"), servingCreds);
  await writeAccess(name, settings, creds, authority);
  const machine = before?.machine ?? randomBytes(8).toString("hex");
  await writeJson(at("settings"), { ...settings, version: 1, machine } satisfies Settings);
  return openContext(name);
}

/** Keeps the authority that somebody named for a context, where its certificates need one. */
export async function keepAuthority(context: Context, authority: Authority): Promise<Context> {
  await writeAccess(context.name, context, await context.creds(), authority);
  return openContext(context.name);
}

/** Writes the authority of a context, and how NATS's own tool reaches the system: `nats --context PATH`. */
async function writeAccess(
  name: string,
  system: Pick<Settings, "servers" | "page">,
  creds: string,
  named: Authority | undefined,
): Promise<void> {
  const at = (file: keyof typeof fileNames) => join(folderOf(name), fileNames[file]);
  const authority = await authorityToKeep(system, named, await readIfThere(at("authority")));
  if (authority === undefined) await rm(at("authority"), { force: true });
  else await writeAtomically(at("authority"), authority);
  await writeJson(at("nats"), {
    description: `${name} in Natster`,
    url: system.servers.join(","),
    creds: at("creds"),
    inbox_prefix: `_INBOX.${userOf(creds).user}`,
    // It would not speak without TLS to any server then.
    ...(authority !== undefined && system.servers.some((url) => /^(tls|wss):/.test(url)) && { ca: at("authority") }),
  });
}

/** Opens a context. Throws `Failure` where there is none of that name. */
export async function openContext(name: string): Promise<Context> {
  const directory = folderOf(name);
  const at = (file: keyof typeof fileNames) => join(directory, fileNames[file]);
  const settings = await readJson(at("settings"), Settings);
  if (!settings) throw new Failure(`there is no context ${name}`, { next: "natster context ls" });
  const authority = await readIfThere(at("authority"));
  return {
    ...settings,
    name,
    directory,
    ...(authority !== undefined && { authority: { file: at("authority"), pem: authority } }),
    async creds() {
      const creds = await readIfThere(at("creds"));
      if (creds === undefined)
        throw new Failure(`the creds of context ${name} are gone`, {
          next: anotherDevice,
        });
      return creds;
    },
    servingCreds: () => readIfThere(at("serving")),
    async accountKey() {
      const seed = await readIfThere(at("account"));
      return seed === undefined ? undefined : keyFromSeed(seed, "account");
    },
    served: async () => (await readJson(at("served"), Served)) ?? {},
    writeServed: (served) => writeJson(at("served"), served),
    pins: async () => (await readJson(at("pins"), Pins)) ?? {},
    writePins: (pins) => writeJson(at("pins"), pins),
  };
}

/** The names of all contexts, in order. */
export async function contextNames(): Promise<string[]> {
  const entries = await readdir(contextsDirectory(), { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries) {
    const made = await readIfThere(join(contextsDirectory(), entry.name, fileNames.settings)).catch(() => undefined);
    if (entry.isDirectory() && made !== undefined) names.push(entry.name);
  }
  return names.toSorted();
}

/** The authority that a context has for a page, by its origin. */
export async function authorityAt(origin: string): Promise<Authority | undefined> {
  for (const name of await contextNames()) {
    const { page, authority } = await openContext(name);
    if (authority && page !== undefined && new URL(page).origin === origin) return authority;
  }
  return undefined;
}

/** The name of the context in use; undefined where none was chosen, or what was chosen is gone. */
export async function currentName(): Promise<string | undefined> {
  const name = (await readIfThere(currentFile()))?.trim();
  const names = await contextNames();
  if (name !== undefined && names.includes(name)) return name;
  // Where there is only one, it is the one that is meant.
  return names.length === 1 ? names[0] : undefined;
}

/** Makes a context the one in use. */
export const useContext = (name: string): Promise<void> => writeAtomically(currentFile(), `${name}\n`);

/** Takes a context off this machine, with its keys. */
export const removeContext = (name: string): Promise<void> => rm(folderOf(name), { recursive: true, force: true });

/** The context that a command is to use: the one named, or `NATSTER_CONTEXT`, or the one in use. Throws `Failure`. */
export async function contextFor(named: string | undefined): Promise<Context> {
  const name = named ?? (process.env["NATSTER_CONTEXT"] || undefined) ?? (await currentName());
  if (name !== undefined) return openContext(name);
  if ((await contextNames()).length > 0) {
    throw new Failure("no context is in use", { next: "natster context ls, then: natster context use NAME" });
  }
  throw new Failure("you have no account on this machine yet", {
    next: "natster up to run a system here, or: natster redeem LINK to join one",
  });
}
