/** Every read model that the projector keeps: another one is a file of its own, and a line here. */
export { activity } from "./activity.ts";
export { catalogs } from "./catalogs.ts";
export { codes } from "./codes.ts";
export { devices } from "./devices.ts";
export { people } from "./people.ts";
export { shares } from "./shares.ts";
export { stats } from "./stats.ts";
