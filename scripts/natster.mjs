#!/usr/bin/env node
// `npx natster` in a clone, before anything is installed; afterwards npx finds the command itself. For any Node ≥ 20.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "./child.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const natster = join(here, "..", "packages", "cli", "bin", "natster.mjs");
process.exitCode = await runChild(process.execPath, [join(here, "run.mjs"), "node", natster, ...process.argv.slice(2)]);
