/** A catalog that is meant, opened for reading. */
import type { AccountKey, Sequence } from "@natster/contracts";
import { type FileEntry, FilePath } from "@natster/contracts/files";
import { type CatalogReader, NotAdmittedError } from "@natster/files";
import { isRefusal, NobodyAnswersError } from "@natster/micro/client";
import { readCatalog } from "@natster/person";
import { Failure } from "../failure.ts";
import type { Ui } from "../output/ui.ts";
import type { Connected } from "./connect.ts";
import { accountOf, namesFor } from "./people.ts";
import { type Reference, written } from "./reference.ts";

/** A catalog that can be read, and whose it is. */
export interface Shelf {
  readonly reader: CatalogReader;
  readonly owner: AccountKey;
  /** As people write it. */
  readonly name: string;
}

const lookFor = { next: "natster ls, which lists what is shared with you" };

/**
 * Opens a catalog, to read so many bytes of it a second at the most. Throws `Failure` where nobody serves it, with the
 * reason as far as the platform knows it.
 */
export async function openShelf(
  person: Connected,
  reference: Reference,
  ui: Ui,
  { limit }: { readonly limit?: number | undefined } = {},
): Promise<Shelf> {
  const { catalog } = reference;
  const owner = reference.owner === undefined ? person.account : await accountOf(person, reference.owner, ui, lookFor);
  const own = owner === person.account;
  const name = written(own ? undefined : await (await namesFor(person)).of(owner), catalog);
  try {
    const reader = await readCatalog(
      person,
      { owner, catalog },
      { limit, answerWithin: person.within(Number.POSITIVE_INFINITY) },
    );
    return { reader, owner, name };
  } catch (error) {
    if (error instanceof NobodyAnswersError || isRefusal(error, "catalog_unknown"))
      throw await whyNobody(person, owner, reference, name);
    throw error;
  }
}

/**
 * What is to be said instead of an error that ended reading: that the catalog was taken back, where the platform knows so,
 * or why nobody answers. The error itself where it is another.
 */
export async function whyCutOff(
  person: Connected,
  shelf: Shelf,
  reference: Reference,
  error: unknown,
): Promise<unknown> {
  if (error instanceof NobodyAnswersError) return whyNobody(person, shelf.owner, reference, shelf.name);
  const isCutOff = error instanceof NotAdmittedError || isRefusal(error, "catalog_unknown");
  return isCutOff ? ((await takenBack(person, shelf, reference)) ?? error) : error;
}

/** Says of a catalog that could be read until now that it was taken back, `after` an event; undefined where it was not. */
export async function takenBack(
  person: Connected,
  { owner, name }: Shelf,
  { catalog }: Reference,
  after?: Sequence,
): Promise<Failure | undefined> {
  try {
    await person.library.catalog({ owner, catalog, ...(after !== undefined && { after }) });
  } catch (error) {
    if (isRefusal(error, "catalog_unknown")) {
      const what = owner === person.account ? `you have no catalog ${name}` : `${name} is not shared with you`;
      return new Failure(`${what} any more`, { next: "natster ls" });
    }
    // What the platform cannot say now, the next thing that is read will.
  }
  return undefined;
}

async function whyNobody(person: Connected, owner: AccountKey, { catalog }: Reference, name: string): Promise<Failure> {
  const own = owner === person.account;
  try {
    const { share, published } = await person.library.catalog({ owner, catalog });
    if (own)
      return new Failure(`nobody serves ${name} at this moment`, { next: "natster serve, on the machine where it is" });
    if (published && !share) {
      return new Failure(`${name} is public, and you have not taken it yet`, { next: `natster accept ${name}` });
    }
    if (share?.state === "offered") {
      return new Failure(`${name} is offered to you, and you have not accepted it`, { next: `natster accept ${name}` });
    }
    return new Failure(`nobody serves ${name} at this moment`, {
      next: "natster watch, which says when it is there again",
    });
  } catch {
    return new Failure(own ? `you have no catalog ${name}` : `${name} is not shared with you`, { next: "natster ls" });
  }
}

/** The files at or below a path, in order. Throws `Failure` where there are none. */
export async function filesAt(shelf: Shelf, path: string, signal: AbortSignal): Promise<FileEntry[]> {
  const file = path === "" ? undefined : await fileOrFolder(shelf, path, signal);
  return file ? [file] : await Array.fromAsync(entriesBelow(shelf, path, signal));
}

/** The one file at a path. Throws `Failure` where there is none. */
export async function fileAt(shelf: Shelf, path: string, signal: AbortSignal): Promise<FileEntry> {
  const file = path === "" ? undefined : await fileOrFolder(shelf, path, signal);
  if (file) return file;
  const folder = written(shelf.name, path);
  throw new Failure(`${folder} is a folder, and one file is wanted`, { next: `natster ls ${folder}` });
}

/** The file at a path; undefined where that is a folder. Throws `Failure` where nothing is there. */
export async function fileOrFolder(shelf: Shelf, path: string, signal: AbortSignal): Promise<FileEntry | undefined> {
  for await (const entry of entriesBelow(shelf, parentOf(path), signal, true)) if (entry.path === path) return entry;
  let nearest = path;
  while (nearest !== "" && !(await isFolder(shelf, nearest, signal))) nearest = parentOf(nearest);
  if (nearest === path) return undefined;
  throw new Failure(`there is no ${path} in ${shelf.name}`, { next: `natster ls ${written(shelf.name, nearest)}` });
}

async function isFolder(shelf: Shelf, path: string, signal: AbortSignal): Promise<boolean> {
  for await (const _ of entriesBelow(shelf, path, signal)) return true;
  return false;
}

/** The files below a folder, or directly in it. What is no path has none. */
async function* entriesBelow(
  { reader }: Shelf,
  path: string,
  signal: AbortSignal,
  shallow = false,
): AsyncGenerator<FileEntry> {
  const folder = FilePath.safeParse(path);
  if (path !== "" && !folder.success) return;
  yield* reader.entries({ ...(folder.success && { folder: folder.data }), shallow, signal });
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
