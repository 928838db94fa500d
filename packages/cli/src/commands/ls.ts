import { AccountKey, CatalogName, Instant } from "@natster/contracts";
import { FileEntry } from "@natster/contracts/files";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { clean } from "../output/clean.ts";
import { cut, table } from "../output/table.ts";
import { treeLines } from "../output/tree.ts";
import type { Ui } from "../output/ui.ts";
import { counted, moment, size } from "../output/words.ts";
import { filesAt, openShelf } from "../system/catalog.ts";
import { type Connected, connectAs } from "../system/connect.ts";
import { namesFor } from "../system/people.ts";
import { rowsOf } from "../system/pages.ts";
import { ReferenceTyped, written } from "../system/reference.ts";

/** A catalog of yours, or one that was shared with you. */
const Listed = z.strictObject({
  /** As commands take it. */
  name: z.string(),
  owner: AccountKey,
  catalog: CatalogName,
  mine: z.boolean(),
  /** Offered to you, and not accepted yet. */
  offered: z.boolean(),
  online: z.boolean(),
  description: z.string().optional(),
  since: Instant,
  expires: Instant.optional(),
});

/** What is in a folder: its files, and its folders with all that is below them. */
const Item = z.union([
  FileEntry.extend({ kind: z.literal("file") }),
  z.strictObject({ kind: z.literal("folder"), path: z.string(), files: z.int(), size: z.int(), modified: z.number() }),
]);
type Item = z.output<typeof Item>;

export default defineCommand({
  about: "List your catalogs and those that are shared with you, or what is in one of them.",
  arguments: [["[what]", "a catalog, or a folder in it: photos, @alice/photos/2026"]],
  options: [
    ["-t, --tree", "everything below, as a tree"],
    ["-a, --all", "every file below, by its path"],
    ["--names", "nothing but the names of catalogs, one a line"],
  ],
  completes: "catalogs",
  examples: [
    ["natster ls", "every catalog, with a dot where it is served"],
    ["natster ls @alice/photos", "what is in it"],
    ["natster ls photos/2026 --tree", "all that is below a folder"],
  ],
  input: z.object({
    what: ReferenceTyped.optional(),
    tree: z.boolean().default(false),
    all: z.boolean().default(false),
    names: z.boolean().default(false),
  }),
  output: z.union([
    z.strictObject({ catalogs: z.array(Listed) }),
    z.strictObject({ names: z.array(z.string()) }),
    z.strictObject({ name: z.string(), path: z.string(), tree: z.boolean(), items: z.array(Item) }),
  ]),
  async run({ input: { what, tree, all, names }, globals, ui, signal, say }) {
    await using person = await connectAs(globals);
    if (!what) {
      const catalogs = await catalogsOf(person);
      return say(names ? { names: catalogs.map(({ name }) => name) } : { catalogs });
    }
    const shelf = await openShelf(person, what, ui);
    const files = await filesAt(shelf, what.path, signal);
    const items = tree || all ? files.map((file) => ({ kind: "file" as const, ...file })) : oneLevel(files, what.path);
    say({ name: shelf.name, path: what.path, tree, items });
  },
  show(said, ui) {
    if ("names" in said) for (const name of said.names) ui.data(name);
    else if ("catalogs" in said) showCatalogs(said.catalogs, ui);
    else showItems(said, ui);
  },
});

async function catalogsOf(person: Connected): Promise<z.output<typeof Listed>[]> {
  const names = await namesFor(person);
  const found: z.output<typeof Listed>[] = [];
  for await (const { owner, catalog, online, description, since } of rowsOf(person.library.mine, {})) {
    found.push({
      name: catalog,
      owner,
      catalog,
      mine: true,
      offered: false,
      online,
      since,
      ...(description !== undefined && { description }),
    });
  }
  for (const ask of [person.library.shared, person.library.inbox]) {
    for await (const { owner, catalog, online, state, since, expires } of rowsOf(ask, {})) {
      const name = written(await names.of(owner), catalog);
      const offered = state === "offered";
      found.push({
        name,
        owner,
        catalog,
        mine: false,
        offered,
        online,
        since,
        ...(expires !== undefined && { expires }),
      });
    }
  }
  return found;
}

function showCatalogs(catalogs: readonly z.output<typeof Listed>[], ui: Ui): void {
  if (catalogs.length === 0) {
    ui.note("nothing yet; natster share DIR shares a folder of yours");
    return;
  }
  table(ui, catalogs, [
    {
      title: " ",
      text: ({ online }) => (online ? "●" : "○"),
      format: (text, { online }) => ui.style(online ? "green" : "dim", text),
    },
    { title: "CATALOG", text: ({ name }) => name, flexible: true },
    { title: "STATE", text: stateOf },
    { title: "SINCE", text: ({ since }) => moment(since), optional: true },
    { title: "DESCRIPTION", text: ({ description }) => description ?? "", optional: true },
  ]);
  if (catalogs.some(({ offered }) => offered)) ui.note("natster accept NAME takes what is offered");
}

function stateOf({ mine, offered, expires }: z.output<typeof Listed>): string {
  const state = mine ? "mine" : offered ? "offered" : "shared with me";
  return expires === undefined ? state : `${state} until ${moment(expires)}`;
}

function showItems({ tree, path, items }: { tree: boolean; path: string; items: readonly Item[] }, ui: Ui): void {
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

/** What is directly in a folder: its files, and its folders with the sum of what is below them. */
function oneLevel(files: readonly z.output<typeof FileEntry>[], path: string): Item[] {
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
