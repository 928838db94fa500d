#!/usr/bin/env node
// `npx natster` in a clone, before anything is installed; afterwards npx finds the command itself. For any Node ≥ 20.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "./child.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const natster = join(here, "..", "packages", "cli", "bin", "natster.mjs");
// The page is built once; `npm start` and `npm run build` bring it up to date.
const build = existsSync(join(here, "..", "packages", "page", "dist", "index.html")) ? [] : ["--build"];
process.exitCode = await runChild(process.execPath, [
  join(here, "run.mjs"),
  ...build,
  "node",
  natster,
  ...process.argv.slice(2),
]);
