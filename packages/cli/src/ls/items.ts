/** What is in a catalog, or in a folder of one. */
import { FileEntry } from "@natster/contracts/files";
import * as z from "zod";
import { clean } from "../output/clean.ts";
import { cut, table } from "../output/table.ts";
import { treeLines } from "../output/tree.ts";
import type { Ui } from "../output/ui.ts";
import { counted, moment, size } from "../output/words.ts";

/** A file, or a folder with all that is below it. */
export const Item = z.union([
  FileEntry.extend({ kind: z.literal("file") }),
  z.strictObject({ kind: z.literal("folder"), path: z.string(), files: z.int(), size: z.int(), modified: z.number() }),
]);
export type Item = z.output<typeof Item>;

/** What is directly in a folder: its files, and its folders with the sum of what is below them. */
export function oneLevel(files: readonly z.output<typeof FileEntry>[], path: string): Item[] {
  const start = path === "" || files.some((file) => file.path === path) ? 0 : path.length + 1;
  const folders = new Map<string, Extract<Item, { kind: "folder" }>>();
  const here: Item[] = [];
  for (const file of files) {
    const end = file.path.indexOf("/", start);
    if (end < 0 || file.path === path) {
      here.push({ kind: "file", ...file });
      continue;
    }
    const folder = file.path.slice(0, end);
    const seen = folders.get(folder) ?? { kind: "folder", path: folder, files: 0, size: 0, modified: 0 };
    folders.set(folder, {
      ...seen,
      files: seen.files + 1,
      size: seen.size + file.size,
      modified: Math.max(seen.modified, file.modified),
    });
  }
  return [...folders.values(), ...here];
}

/** Shows them as a table or, with everything below, as a tree. */
export function showItems(
  { tree, path, items }: { tree: boolean; path: string; items: readonly Item[] },
  ui: Ui,
): void {
  const below = (item: Item) => (path !== "" && item.path !== path ? item.path.slice(path.length + 1) : item.path);
  if (tree) {
    const lines = treeLines(items.map((item) => [clean(below(item)), size(item.size)] as const));
    for (const line of lines) ui.out(cut(line, ui.columns));
  } else {
    table(ui, items, [
      { title: "SIZE", text: (item) => size(item.size), align: "right" },
      { title: "MODIFIED", text: (item) => moment(item.modified), optional: true },
      {
        title: "NAME",
        text: (item) => (item.kind === "folder" ? `${below(item)}/` : below(item)),
        flexible: true,
        format: (text, item) => (item.kind === "folder" ? ui.style("blue", text) : text),
      },
      {
        title: "WHAT",
        text: (item) => (item.kind === "folder" ? counted(item.files, "file") : kindOf(item)),
        optional: true,
      },
      ...(items.some((item) => item.kind === "file" && item.description !== undefined)
        ? [
            {
              title: "ABOUT",
              text: (item: Item) => (item.kind === "file" ? (item.description ?? "") : ""),
              optional: true as const,
            },
          ]
        : []),
    ]);
  }
  const bytes = items.reduce((sum, item) => sum + item.size, 0);
  const files = items.reduce((sum, item) => sum + (item.kind === "folder" ? item.files : 1), 0);
  ui.note(`${counted(files, "file")}, ${size(bytes)}`);
}

/** What says nothing is not said. */
const kindOf = ({ type }: z.output<typeof FileEntry>): string => (type === "application/octet-stream" ? "" : type);
