/** The links of every page of this repository, held against what they lead to. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const pages = globSync("**/*.md", { cwd: root, exclude: (name) => /node_modules|dist/.test(name) });

test("every link of a page to something of this repository leads there", () => {
  const links = pages.flatMap((page) =>
    [...withoutCode(readFileSync(join(root, page), "utf8")).matchAll(/\]\((?!https?:|#)([^)\s#]+)/g)].map(
      ([, to = ""]) => ({
        page,
        to,
      }),
    ),
  );
  expect(links.length).toBeGreaterThan(300);
  expect(links.filter(({ page, to }) => !existsSync(join(root, dirname(page), to)))).toEqual([]);
});

const withoutCode = (text: string): string => text.replaceAll(/^```.*?^```/gms, "").replaceAll(/`[^`\n]*`/g, "");
