/** The commands of the guide, as its pages have them. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** One line of a page, and whose it is. */
export interface Step {
  readonly page: string;
  readonly who: string;
  readonly line: string;
  /** The page says that it is refused. */
  readonly fails: boolean;
}

const guide = join(import.meta.dirname, "..", "..", "docs", "guide");

/** Every command of every page, in order. A block names whose commands it holds, and whether they are refused. */
export function stepsOfGuide(): Step[] {
  const pages = globSync(join(guide, "[0-9]-*.md")).toSorted();
  return pages.flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/^```sh (\w+)( fails)?\n(.*?)^```$/gms)].flatMap(
      ([, who = "", fails, block = ""]) =>
        block
          .trim()
          .split("\n")
          .map((line) => ({ page: basename(path), who, line, fails: fails !== undefined })),
    ),
  );
}
