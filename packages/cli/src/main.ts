/** `natster`: reads what was typed, does it, and ends with 0 done, 1 refused or failed, 2 wrong usage, 130 interrupted. */
import manifest from "../package.json" with { type: "json" };
import { CommanderError } from "commander";
import { parse } from "./program.ts";

// Whoever reads may have had enough, as `head` does; that is no fault, and nobody is there to be told.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`natster: what was asked for cannot be written (${error.code})\n  next:    df -h\n`);
  process.exit(1);
});
// What is noted besides is no reason to end.
process.stderr.on("error", () => {});

process.exitCode = await main(process.argv.slice(2));
// Everything is in order: what is still being dialled, or hangs, keeps nobody who asked for the end.
if (process.exitCode === 130) process.exit();

async function main(argv: readonly string[]): Promise<number> {
  try {
    await parse(argv, manifest.version, async (typed) => {
      const { execute } = await import("./execute.ts");
      process.exitCode = await execute(typed);
    });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
