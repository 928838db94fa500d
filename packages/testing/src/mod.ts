/** Real systems for tests. */
export { startSystem, type TestPerson, type TestSystem } from "./system.ts";
