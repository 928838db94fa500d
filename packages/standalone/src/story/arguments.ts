/** What `npm start` is told. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export interface StoryArguments {
  /** The folder that is shared. */
  readonly folder: string;
  /** Whether everything keeps running after the story, for the reader to try more. */
  readonly stay: boolean;
}

/** The arguments cannot be followed; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const usage = `npm start -- [DIR] [--once | --stay]

  DIR      the folder to share; a small sample where none is given
  --once   end after the story
  --stay   keep running after it; the default on a terminal, unless CI is set`;

const sample = fileURLToPath(new URL("../../../../sample", import.meta.url));

/** Reads the arguments. Where the story is not told to a terminal it ends by itself. */
export function readArguments(
  argv: readonly string[],
  { terminal, ci, from }: { readonly terminal: boolean; readonly ci: boolean; readonly from: string },
): StoryArguments {
  const { values, positionals } = parse(argv);
  if (values.once && values.stay) throw new UsageError("--once and --stay contradict one another");
  if (positionals.length > 1) throw new UsageError(`one folder at a time: ${positionals.join(" ")}`);
  const folder = positionals[0] === undefined ? sample : resolve(from, positionals[0]);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new UsageError(`${folder} is not a folder`);
  if (!isReadable(folder)) throw new UsageError(`you may not read ${folder}`);
  return { folder, stay: values.stay ?? (!values.once && terminal && !ci) };
}

function isReadable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { once: { type: "boolean" }, stay: { type: "boolean" } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
