/** The lines of a folder, in the order that somebody wants. Pure. */
import type { FileEntry } from "@natster/contracts/files";
import type { Folder } from "../engine/api.ts";

export type Row =
  | {
      readonly kind: "folder";
      readonly name: string;
      readonly path: string;
      readonly size: number;
      readonly folder: Folder;
    }
  | {
      readonly kind: "file";
      readonly name: string;
      readonly path: string;
      readonly size: number;
      readonly file: FileEntry;
    };

export type SortBy = "name" | "size" | "modified";
export interface Order {
  readonly by: SortBy;
  readonly down: boolean;
}

export const nameIn = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

// Numbers in names count as numbers: IMG_9 before IMG_10.
const words = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Folders first, then files, each in order; what is equal, by name. */
export function rowsOf(folders: readonly Folder[], files: readonly FileEntry[], { by, down }: Order): Row[] {
  const sign = down ? -1 : 1;
  const folderRows = folders.map((folder): Row => ({
    kind: "folder",
    name: nameIn(folder.path),
    path: folder.path,
    size: folder.bytes,
    folder,
  }));
  const fileRows = files.map((file): Row => ({
    kind: "file",
    name: nameIn(file.path),
    path: file.path,
    size: file.size,
    file,
  }));
  const byName = (one: Row, other: Row) => words.compare(one.name, other.name) || (one.path < other.path ? -1 : 1);
  const compare = (one: Row, other: Row): number => {
    if (by === "size") return sign * (one.size - other.size) || byName(one, other);
    if (by === "modified") return sign * (modified(one) - modified(other)) || byName(one, other);
    return sign * byName(one, other);
  };
  return [...folderRows.toSorted(compare), ...fileRows.toSorted(compare)];
}

const modified = (row: Row): number => (row.kind === "file" ? row.file.modified : 0);
