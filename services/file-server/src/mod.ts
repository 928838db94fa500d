/** Lists and reads the files of a catalog, beside the files. */
export { serveCatalog, type ServeCatalogOptions, type ServedCatalog } from "./serve-catalog.ts";
export type { Beat } from "./pulse.ts";
export { type ServedGrants, serveGrants, type ServeGrantsOptions } from "./signing/serve-grants.ts";
