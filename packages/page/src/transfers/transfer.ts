/** A download: what it is, and how far it has come. */
import type { FileEntry } from "@natster/contracts/files";
import type { Address } from "../engine/api.ts";

export type TransferState = "waiting" | "running" | "paused" | "ready" | "done" | "failed";

export interface Transfer {
  readonly id: string;
  readonly address: Address;
  readonly title: string;
  /** The folder that they lie in; what is above it is not made again. */
  readonly folder: string;
  readonly files: readonly FileEntry[];
  readonly bytes: number;
  /** Where they go; where none is named, the browser saves the file, or one ZIP of them all. */
  readonly into?: FileSystemDirectoryHandle;
  readonly state: TransferState;
  /** Why it failed, in words. */
  readonly why?: string;
  /** How many of the files are in their place, or here and right where they become a ZIP. */
  readonly finished: number;
  /** Bytes that have come, of the file under way too. */
  readonly done: number;
  readonly since: number;
}

/** Where a file goes, below the folder that was chosen. */
export const placeOf = ({ folder }: Pick<Transfer, "folder">, { path }: Pick<FileEntry, "path">): string =>
  folder === "" ? path : path.slice(folder.length + 1);

/** What is left to be done: files beyond those that are in their place. */
export const leftOf = ({ files, finished }: Transfer): readonly FileEntry[] => files.slice(finished);

/** Whether it becomes one ZIP: several files, and a browser that cannot be given a folder. */
export const isZip = ({ into, files }: { readonly into?: unknown; readonly files: readonly FileEntry[] }): boolean =>
  !into && files.length > 1;

/** What the browser saves in the end: its name in the page's private storage, and the name that people see. */
export interface Savable {
  readonly staged: string;
  readonly name: string;
}

/** What the browser saves of a download; nothing where everything goes to a folder. */
export function savableOf({ id, title, into, files }: Transfer): Savable | undefined {
  const [first] = files;
  if (into || !first) return undefined;
  if (files.length > 1) return { staged: `${id}.zip`, name: `${title}.zip` };
  return { staged: first.digest, name: first.path.slice(first.path.lastIndexOf("/") + 1) };
}

/** Whether it is over, one way or another. */
export const isOver = ({ state }: Transfer): boolean => state === "done" || state === "failed";
