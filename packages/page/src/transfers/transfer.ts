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
  /** Where they go; where none is named, the browser decides for each. */
  readonly into?: FileSystemDirectoryHandle;
  readonly state: TransferState;
  /** Why it failed, in words. */
  readonly why?: string;
  /** How many of the files are in their place. */
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

/** A file is one name where no folders can be made. */
export const flatName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Whether it is over, one way or another. */
export const isOver = ({ state }: Transfer): boolean => state === "done" || state === "failed";
