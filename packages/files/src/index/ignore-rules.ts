/** Which files stay out of an index because the owner says so: dotfiles, and what `.natsterignore` names. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ignore, { type Ignore } from "ignore";
import { codeOf } from "./omission.ts";

/** The file that names what stays out, in the syntax of gitignore; one in a folder counts for all that is below. */
export const ignoreFile = ".natsterignore";

/** An ignore file that cannot be obeyed. Its folder is left out, rather than shown with what was to stay hidden. */
export class IgnoreFileError extends Error {
  override readonly name = "IgnoreFileError";
  readonly code = "IGNORE_FILE";
}

/** The rules in force in one folder. All paths are relative to the root, and real. */
export class IgnoreRules {
  readonly #root: string;
  readonly #dotfiles: boolean;
  /** The ignore files on the way down, the deepest first, since it has the last word. */
  readonly #files: readonly Patterns[];

  private constructor(root: string, dotfiles: boolean, files: readonly Patterns[]) {
    this.#root = root;
    this.#dotfiles = dotfiles;
    this.#files = files;
  }

  /** The rules in force in the root. */
  static readonly inRoot = (root: string, dotfiles: boolean): IgnoreRules => new IgnoreRules(root, dotfiles, []).in("");

  /** The rules in force in a folder directly below this one. Throws where its ignore file cannot be read. */
  in(folder: string): IgnoreRules {
    const text = readIgnoreFile(join(this.#root, folder, ignoreFile));
    if (text === undefined) return this;
    return new IgnoreRules(this.#root, this.#dotfiles, [new Patterns(folder, text), ...this.#files]);
  }

  /** Whether a file or folder in this folder stays out. */
  hides(path: string, isFolder: boolean): boolean {
    if (!this.#dotfiles && path.startsWith(".", path.lastIndexOf("/") + 1)) return true;
    for (const patterns of this.#files) {
      const { ignored, unignored } = patterns.test(path, isFolder);
      if (ignored || unignored) return ignored;
    }
    return false;
  }
}

/** The rules in force in a folder anywhere below the root; undefined where the folder itself, or one above, is hidden. */
export function rulesIn(inRoot: IgnoreRules, folder: string): IgnoreRules | undefined {
  let rules = inRoot;
  const names = folder === "" ? [] : folder.split("/");
  for (const depth of names.keys()) {
    const path = names.slice(0, depth + 1).join("/");
    if (rules.hides(path, true)) return undefined;
    rules = rules.in(path);
  }
  return rules;
}

/** One ignore file. The library remembers each path it was asked about: it is begun anew before that grows large. */
class Patterns {
  readonly #base: number;
  readonly #text: string;
  #rules: Ignore;
  #asked = 0;

  constructor(folder: string, text: string) {
    this.#base = folder === "" ? 0 : folder.length + 1;
    this.#text = text;
    this.#rules = this.#begin();
  }

  test(path: string, isFolder: boolean): { ignored: boolean; unignored: boolean } {
    if (++this.#asked % 10_000 === 0) this.#rules = this.#begin();
    return this.#rules.test(path.slice(this.#base) + (isFolder ? "/" : ""));
  }

  // Case matters, as it does to git where file names tell case apart.
  #begin = (): Ignore => ignore({ ignoreCase: false }).add(this.#text);
}

/** The text of an ignore file, or undefined where there is none. */
function readIgnoreFile(path: string): string | undefined {
  let file: number | undefined;
  try {
    // Whatever bears the name, a pipe does not keep the index waiting.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = fstatSync(file);
    if (!found.isFile() || found.size > 1024 * 1024)
      throw new IgnoreFileError(`${path} is not a text of at most 1 MiB`);
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
