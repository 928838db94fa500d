/** Folders, from a list of paths. Pure. */
import type { FileEntry } from "@natster/contracts/files";
import type { Folder, ListingPart } from "./api.ts";

const prefixOf = (folder: string): string => (folder === "" ? "" : `${folder}/`);

/** What lies directly in a folder: its sub-folders, each with what is below it, and its files. */
export function directlyIn(entries: readonly FileEntry[], folder: string): ListingPart {
  const prefix = prefixOf(folder);
  const folders = new Map<string, { path: string; files: number; bytes: number }>();
  const files: FileEntry[] = [];
  for (const entry of entries) {
    if (!entry.path.startsWith(prefix)) continue;
    const slash = entry.path.indexOf("/", prefix.length);
    if (slash === -1) {
      files.push(entry);
      continue;
    }
    const path = entry.path.slice(0, slash);
    const known = folders.get(path) ?? { path, files: 0, bytes: 0 };
    known.files++;
    known.bytes += entry.size;
    folders.set(path, known);
  }
  return { folders: [...folders.values()] satisfies Folder[], files };
}

/** Every file in a folder and below. */
export const below = (entries: readonly FileEntry[], folder: string): ListingPart => ({
  folders: [],
  files: entries.filter(({ path }) => path.startsWith(prefixOf(folder))),
});

/** Files in a folder and below that have this in their name, in whatever case and Unicode form. */
export function named(entries: readonly FileEntry[], folder: string, name: string): ListingPart {
  const wanted = plain(name);
  return {
    folders: [],
    files: below(entries, folder).files.filter(({ path }) =>
      plain(path.slice(path.lastIndexOf("/") + 1)).includes(wanted),
    ),
  };
}

const plain = (text: string): string => text.normalize("NFKC").toLowerCase();
