import type { FileEntry } from "@natster/contracts/files";

/** When a file was changed, as a date: Node takes a number from before 1970 for the present. */
export const modifiedOf = ({ modified }: Pick<FileEntry, "modified">): Date => new Date(modified);
