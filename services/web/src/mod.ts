/** The service that serves the page. */
export { program } from "./program.ts";
