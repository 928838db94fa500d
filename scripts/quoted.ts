/** What a table of the documentation quotes from the tests that it links to. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const docs = join(import.meta.dirname, "..", "docs");

/** How many links to tests a page has with what it quotes of them, and what of it is not there, as `PATH: NAME`. */
export function quotedIn(page: string): { readonly links: number; readonly missing: string[] } {
  const text = readFileSync(page, "utf8");
  const quoted = [...text.matchAll(/\]\((\.\.\/[^)]+\.test\.tsx?)\): ((?:_[^_|]+_(?:, )?)+)/g)];
  const missing = quoted.flatMap(([, path = "", names = ""]) => {
    const source = readFileSync(join(dirname(page), path), "utf8").replaceAll('\\"', '"');
    return [...names.matchAll(/_([^_]+)_/g)].flatMap(([, name = ""]) =>
      source.includes(name) ? [] : [`${path}: ${name}`],
    );
  });
  return { links: quoted.length, missing };
}
