/** The serving side: what a folder holds, and the bytes of it. */
export type { IndexedFile } from "./entries.ts";
export { type FolderIndex, indexFolder, type IndexOptions, RootError } from "./folder-index.ts";
export { ignoreFile } from "./ignore-rules.ts";
export type { Omission, OmissionReason } from "./omission.ts";
export { type Range, RangeReader, type RangeReaderOptions, type RangeRefusal } from "./range-reader.ts";
export type { ScanReport } from "./scan.ts";
