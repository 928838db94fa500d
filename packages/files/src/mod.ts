/** The reading side, for Node and browsers alike. What writes to a disk is behind `@natster/files/download`. */
export { AgainstContractError, askInside } from "./ask-inside.ts";
export { encodeBundle } from "./bundle.ts";
export {
  type CatalogAddress,
  type CatalogReader,
  type FileRange,
  type ListPage,
  type ListQuery,
  openCatalog,
  type OpenCatalogOptions,
} from "./catalog-reader.ts";
export { DigestMismatchError, type Hash, type Progress, type PullOptions, type Sink } from "./pull.ts";
export type { SparseFileOptions } from "./sparse-file.ts";
export { StalledError } from "./route.ts";
export { Throttle } from "./throttle.ts";
export { NotAdmittedError, type Reading, SessionLink, UntrustedInstanceError } from "./session-link.ts";
