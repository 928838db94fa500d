/** The commands of the README and of the guide, as their pages have them. */
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

const root = join(import.meta.dirname, "..", "..");

/** Every command of the guide. */
export const stepsOfGuide = (): Step[] => stepsOf(globSync(join(root, "docs", "guide", "[0-9]-*.md")).toSorted());

/** Every command of the README. */
export const stepsOfReadme = (): Step[] => stepsOf([join(root, "README.md")]);

/** Every command of these pages, in order. A block names whose commands it holds, and whether they are refused. */
function stepsOf(pages: readonly string[]): Step[] {
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
