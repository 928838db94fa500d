/** Where a context keeps the codes that it issued, until they are answered or have run out, and those that it claimed. */
import { join } from "node:path";
import type { ClaimStore, CodeStore, LeaseStore } from "@natster/person";
import { claimFiles, codeFiles, leaseFiles } from "@natster/person/node";
import type { Context } from "./context.ts";
import { contextsDirectory } from "./paths.ts";

export const codesOfContext = ({ directory }: Pick<Context, "directory">): CodeStore =>
  codeFiles(join(directory, "codes"));

/** Where a context keeps what it shares for a while at a time. */
export const leasesOfContext = ({ directory }: Pick<Context, "directory">): LeaseStore =>
  leaseFiles(join(directory, "leases"));

/** Claims outlive the attempt that made them: the same code again goes on where it was. */
export const claimsHere = (): ClaimStore => claimFiles(join(contextsDirectory(), "..", "claims"));
