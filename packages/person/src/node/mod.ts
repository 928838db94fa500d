/** What a person's device keeps in files. Node only. */
export { claimFiles, codeFiles } from "./code-files.ts";
export { leaseFiles } from "./lease-files.ts";
