/** What this machine serves, changed: the list is written, and the serving process asked to read it again. */
import { basename } from "node:path";
import { CatalogName } from "@natster/contracts";
import { MachineId, type ServedState, serving } from "@natster/contracts/serving";
import { client, NobodyAnswersError } from "@natster/micro/client";
import type { Context } from "../context/context.ts";
import { counted, shortPath } from "../output/words.ts";
import type { Connected } from "../system/connect.ts";
import { logOfServing } from "./log.ts";

/** Indexing a folder of many files takes as long as it takes; whoever waits may interrupt. */
const longest = 24 * 3_600_000;

/** Adds a folder to what this machine serves, or changes it. */
export async function addServed(
  context: Context,
  catalog: CatalogName,
  root: string,
  dotfiles: boolean,
): Promise<void> {
  await context.writeServed({ ...(await context.served()), [catalog]: { root, dotfiles } });
}

/** Takes a catalog off what this machine serves. */
export async function dropServed(context: Context, catalog: CatalogName): Promise<void> {
  const { [catalog]: _gone, ...rest } = await context.served();
  await context.writeServed(rest);
}

/** Has the serving process of this machine read its list again; undefined where none runs. */
export async function askToServe(person: Connected): Promise<readonly ServedState[] | undefined> {
  const machine = MachineId.parse(person.context.machine);
  try {
    const { served } = await client(serving, person.connection).refresh(
      {},
      { machine },
      { timeout: person.within(longest) },
    );
    return served;
  } catch (error) {
    if (error instanceof NobodyAnswersError) return undefined;
    throw error;
  }
}

/** How what this machine serves stands, and in which log more is said of it; undefined where no process serves here. */
export async function servedHere(
  person: Connected,
  timeout: number,
): Promise<{ readonly served: readonly ServedState[]; readonly log: string } | undefined> {
  const machine = MachineId.parse(person.context.machine);
  const found = await client(serving, person.connection)
    .refresh({}, { machine }, { timeout })
    .catch(() => undefined);
  return found && { served: found.served, log: await logOfServing(person.context) };
}

/** In words, how many folders are served, of those that are to be. */
export function countServed(served: readonly ServedState[]): string {
  const well = served.filter(({ reason }) => reason === undefined).length;
  const of = well === served.length ? "" : `${well} of `;
  return `${of}${counted(served.length, "folder")} served from this machine`;
}

/** In words, what is left out of what is served; undefined where nothing is. */
export function leftOutOf(served: readonly Pick<ServedState, "leftOut">[], log: string): string | undefined {
  const many = served.reduce((sum, { leftOut }) => sum + leftOut, 0);
  return many === 0 ? undefined : `${counted(many, "thing")} left out; ${shortPath(log)} says why, and names some`;
}

/** Under which name a folder is served here already. */
export async function nameOfServed(context: Context, root: string): Promise<CatalogName | undefined> {
  const found = Object.entries(await context.served()).find(([, folder]) => folder.root === root);
  return found && CatalogName.parse(found[0]);
}

/** Whether a folder's name has letters or digits that no catalog's name can have. */
export const losesLetters = (folder: string): boolean =>
  /(?!\p{ASCII})[\p{L}\p{N}]/u.test(basename(folder).normalize("NFKD"));

/** A folder's name as the name of a catalog; `folder` where nothing is left of it. */
export const catalogNameOf = (folder: string): CatalogName =>
  CatalogName.parse(
    basename(folder)
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .slice(0, 64)
      .replace(/^-+|-+$/g, "") || "folder",
  );
