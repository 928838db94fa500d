/** The reading side where there is a disk: files are written, checked, and only then given their names. */
export { download } from "./download.ts";
export {
  downloadAll,
  type DownloadAllOptions,
  type Downloaded,
  type FileResult,
  type TotalProgress,
} from "./download-all.ts";
export { UnsafePathError } from "./place.ts";
