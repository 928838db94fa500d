/** Finds the files below a root: never outside it, and each folder link once. */
import type { BigIntStats, Dirent } from "node:fs";
import { lstat, opendir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { FilePath } from "@natster/contracts/files";
import { IgnoreRules, rulesIn } from "./ignore-rules.ts";
import { relativeTo } from "./inside.ts";
import { codeOf, type Omission, unreadable } from "./omission.ts";

/** A file that was found. */
export interface Found {
  readonly path: FilePath;
  /** Where it really is below the root; another path where links lead to it. */
  readonly at: string;
  readonly stat: BigIntStats;
}

/** What a walk is told. */
export interface WalkOptions {
  /** The root's real path. */
  readonly root: string;
  readonly dotfiles: boolean;
  readonly omit: (omission: Omission) => void;
}

/** A folder that is still to be read. */
interface Folder {
  /** What readers see; "" is the root. */
  readonly path: string;
  readonly at: string;
  /** The rules of the folder above. */
  readonly rules: IgnoreRules;
  /** It was reached through a link. */
  readonly linked: boolean;
}

/** Not a name: bytes that are not UTF-8. A mark at its beginning is a part of a name like any other. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Walks a folder once, in memory that grows with the folders still to be read and not with the files. A root that
 * cannot be read is thrown; anything below it that cannot be is an omission.
 */
export async function* walk(options: WalkOptions): AsyncGenerator<Found, void, undefined> {
  const inRoot = await IgnoreRules.inRoot(options.root, options.dotfiles);
  const folders: Folder[] = [{ path: "", at: "", rules: inRoot, linked: false }];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    try {
      yield* filesIn(folder, folders, inRoot, options);
    } catch (error) {
      if (folder.path === "") throw error;
      options.omit(unreadable(folder.path, error));
    }
  }
}

/** Yields the files of one folder, and puts the folders in it on the list. */
async function* filesIn(
  folder: Folder,
  folders: Folder[],
  inRoot: IgnoreRules,
  { root, omit }: WalkOptions,
): AsyncGenerator<Found, void, undefined> {
  const rules = folder.at === "" ? inRoot : await folder.rules.in(folder.at);
  for await (const each of await openFolder(join(root, folder.at))) {
    const name = nameOf(each);
    const path = FilePath.safeParse(below(folder.path, name ?? ""));
    if (name === undefined || !path.success) {
      omit({ reason: "name", path: below(folder.path, each.name.toString("latin1")).slice(0, 4096) });
      continue;
    }
    const at = below(folder.at, name);
    try {
      const found = await lstat(join(root, at), { bigint: true });
      const target = found.isSymbolicLink() ? await follow(at, folder, inRoot, root) : { at, stat: found, rules };
      const isFolder = "stat" in target && target.stat.isDirectory();
      if (rules.hides(at, isFolder)) continue;
      if ("reason" in target) omit({ reason: target.reason, path: path.data });
      else if (target.stat.isFile()) yield { path: path.data, at: target.at, stat: target.stat };
      else if (isFolder) {
        const linked = folder.linked || found.isSymbolicLink();
        folders.push({ path: path.data, at: target.at, rules: target.rules, linked });
      } else omit({ reason: "special", path: path.data });
    } catch (error) {
      // What went away since the folder was listed was never there.
      if (codeOf(error) !== "ENOENT") omit(unreadable(path.data, error));
    }
  }
}

type Target =
  | { readonly at: string; readonly stat: BigIntStats; readonly rules: IgnoreRules }
  | { readonly reason: Omission["reason"] };

/** Where a link leads, or why it is not followed. */
async function follow(link: string, from: Folder, inRoot: IgnoreRules, root: string): Promise<Target> {
  const real = await realpath(join(root, link)).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return { reason: "dangling" as const };
    if (codeOf(error) === "ELOOP") return { reason: "cycle" as const };
    throw error;
  });
  if (typeof real !== "string") return real;
  const at = relativeTo(root, real);
  if (at === undefined) return { reason: "outside" };
  const found = await stat(real, { bigint: true });
  if (found.isDirectory()) {
    if (at === "" || from.at === at || from.at.startsWith(`${at}/`)) return { reason: "cycle" };
    if (from.linked) return { reason: "nested_link" };
  }
  // A link shows again what is in the folder; it does not uncover what the owner's rules hide there.
  const rules = await rulesIn(inRoot, at.slice(0, Math.max(0, at.lastIndexOf("/"))));
  if (!rules || rules.hides(at, found.isDirectory())) return { reason: "hidden_target" };
  return { at, stat: found, rules };
}

/** Node gives names as bytes where it is asked to; its types for `opendir` do not know that. */
type RawDirent = Omit<Dirent, "name"> & { readonly name: Buffer };
const openFolder = async (path: string): Promise<AsyncIterable<RawDirent>> =>
  (await opendir(path, { encoding: "buffer" as BufferEncoding })) as unknown as AsyncIterable<RawDirent>;

function nameOf({ name }: RawDirent): string | undefined {
  try {
    return utf8.decode(name);
  } catch {
    return undefined;
  }
}

const below = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);
