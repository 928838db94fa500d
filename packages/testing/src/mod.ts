/** Real systems for tests. */
export type { Processes } from "./processes.ts";
export { startSystem, type SystemOptions, type TestPerson, type TestSystem } from "./system.ts";
