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
export { fingerprintOf } from "../index/fingerprint.ts";
export { digestOf } from "./digest-of.ts";
export { DiskFullError } from "./disk-full.ts";
export { mirror, type MirrorOptions, planMirror } from "./mirror.ts";
export { EmptyCatalogError, type MirrorSource, type PlanSummary } from "./mirror-plan.ts";
export type { Mirrored } from "./mirror-run.ts";
export { OtherMirrorError } from "./mirror-record.ts";
export { MirrorBusyError } from "./mirror-state.ts";
export { InTheWayError, UnsafePathError } from "./place.ts";
export { resumeDownload } from "./resume.ts";
export type { MirrorProgress } from "./run-progress.ts";
export type { Step } from "./step.ts";
