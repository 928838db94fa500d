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

/** By what names are compared, and how: the rules of the language, or, where all are plain, the same a great deal faster. */
function comparing(rows: readonly Row[]) {
  if (!rows.every(({ name }) => /^[a-z\d ]*(?:\.[a-z\d]+)?$/i.test(name))) {
    return { keyOf: ({ name }: Row) => name, compare: (one: string, other: string) => words.compare(one, other) };
  }
  return {
    keyOf: ({ name }: Row) => name.toLowerCase().replace(/\d+/g, (run) => run.padStart(20, "0")),
    compare: (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0),
  };
}

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
  const inOrder = (rows: readonly Row[]): Row[] => {
    const { keyOf, compare } = comparing(rows);
    return rows
      .map((row) => ({ row, key: keyOf(row) }))
      .toSorted((one, other) => {
        const byName = compare(one.key, other.key) || (one.row.path < other.row.path ? -1 : 1);
        if (by === "size") return sign * (one.row.size - other.row.size) || byName;
        if (by === "modified") return sign * (modified(one.row) - modified(other.row)) || byName;
        return sign * byName;
      })
      .map(({ row }) => row);
  };
  return [...inOrder(folderRows), ...inOrder(fileRows)];
}

const modified = (row: Row): number => (row.kind === "file" ? row.file.modified : 0);
