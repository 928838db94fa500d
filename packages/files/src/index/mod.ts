/** The serving side: what a folder holds, and the bytes of it. */
export { cacheFolder } from "./cache-file.ts";
export { type FolderIndex, indexFolder, type IndexOptions, RootError } from "./folder-index.ts";
export type { Page, Query } from "./index-view.ts";
export type { IndexedFile } from "./indexed-file.ts";
export type { Omission, OmissionReason } from "./omission.ts";
export { type Range, RangeReader, type RangeReaderOptions, type RangeRefusal } from "./range-reader.ts";
export type { ScanProgress, ScanReport } from "./scan.ts";
