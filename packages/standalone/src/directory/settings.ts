/** What a system's directory says of itself: in which version it is written, and what is to stay as it is. */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AccountKey } from "@natster/contracts";
import { readIfThere } from "@natster/files/if-there";
import * as z from "zod";
import { freePorts } from "./free-ports.ts";

/** The directory was written by a Natster that is newer than this one. */
export class DirectoryTooNewError extends Error {
  override readonly name = "DirectoryTooNewError";
}

/** Where they are, in the system's directory. */
export const settingsFile = "system.json";

const Port = z.int().min(1).max(65_535);

/** What is kept from one start to the next. */
const Settings = z.strictObject({
  version: z.literal(1),
  /** Ports of this machine, so that those who know the system find it again. */
  ports: z.strictObject({ client: Port, websocket: Port, monitor: Port, web: Port }),
  administrators: z.array(AccountKey),
});
export type Settings = z.infer<typeof Settings>;

/** The settings of each version, made from those of the version before; version 0 had none. */
const upgrades: readonly ((before: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>>)[] = [
  async () => {
    const [client, websocket, monitor, web] = await freePorts(4);
    return { version: 1, ports: { client, websocket, monitor, web }, administrators: [] };
  },
];

const Versioned = z.looseObject({ version: z.int() });

/**
 * Reads what a directory says of itself, and brings it up to this version where it is older; a directory that says
 * nothing is new, or was written before there were versions. Throws `DirectoryTooNewError`.
 */
export async function openSettings(directory: string): Promise<Settings> {
  const path = join(directory, settingsFile);
  const text = await readIfThere(path);
  let settings: Record<string, unknown> & { version: number } =
    text === undefined ? { version: 0 } : Versioned.parse(JSON.parse(text));
  if (settings.version > upgrades.length) {
    throw new DirectoryTooNewError(
      `${directory} was written by a newer Natster (version ${settings.version}; this one knows ${upgrades.length})`,
    );
  }
  const found = settings.version;
  while (settings.version < upgrades.length) {
    settings = Versioned.parse(await upgrades[settings.version]?.(settings));
  }
  const current = Settings.parse(settings);
  if (current.version !== found) await writeSettings(directory, current);
  return current;
}

/** Writes them in one step. */
export async function writeSettings(directory: string, settings: Settings): Promise<void> {
  const path = join(directory, settingsFile);
  await writeFile(`${path}.new`, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
