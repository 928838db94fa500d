/** Where a context keeps the codes that it issued, until they are answered or have run out, and those that it claimed. */
import { join } from "node:path";
import type { ClaimStore, CodeStore } from "@natster/person";
import { claimFiles, codeFiles } from "@natster/person/node";
import type { Context } from "./context.ts";
import { contextsDirectory } from "./paths.ts";

export const codesOfContext = ({ directory }: Pick<Context, "directory">): CodeStore =>
  codeFiles(join(directory, "codes"));

/** Claims outlive the attempt that made them: the same code again goes on where it was. */
export const claimsHere = (): ClaimStore => claimFiles(join(contextsDirectory(), "..", "claims"));
