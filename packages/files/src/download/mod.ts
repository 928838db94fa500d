/** The reading side where there is a disk: files are written, checked, and only then given their names. */
export { download } from "./download.ts";
export {
  downloadAll,
  type DownloadAllOptions,
  type Downloaded,
  type FileResult,
  type TotalProgress,
} from "./download-all.ts";
export { type FollowSource, followMirror } from "./follow-mirror.ts";
export {
  DiskFullError,
  EmptyCatalogError,
  mirror,
  type Mirrored,
  type MirrorOptions,
  type MirrorProgress,
  type MirrorSource,
  planMirror,
  type PlanSummary,
} from "./mirror.ts";
export { MirrorBusyError, type Step } from "./mirror-state.ts";
export { UnsafePathError } from "./place.ts";
