import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FileEntry, FilePath } from "@natster/contracts/files";
import { downloadAll } from "@natster/files/download";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { Failure } from "../failure.ts";
import { clean } from "../output/clean.ts";
import { showProgress } from "../output/progress.ts";
import { counted, duration, size } from "../output/words.ts";
import { filesAt, openShelf } from "../system/catalog.ts";
import { connectAs } from "../system/connect.ts";
import { ReferenceTyped } from "../system/reference.ts";

export default defineCommand({
  about:
    "Fetch a file, a folder or a whole catalog. Run again, it fetches what is missing or has changed; a file has its name only when all of it is there and true.",
  arguments: [
    ["<what>", "what to fetch: @alice/photos, @alice/photos/2026, photos/a.jpg"],
    ["[to]", "the folder, or for one file its new path"],
  ],
  options: [["-n, --dry-run", "say what would be fetched"]],
  examples: [
    ["natster get @alice/photos", "into ./photos"],
    ["natster get @alice/photos/2026 ~/Pictures/2026", "one folder of it"],
    ["natster get @alice/photos/a.jpg .", "one file"],
  ],
  input: z.object({ what: ReferenceTyped, to: z.string().optional(), dryRun: z.boolean().default(false) }),
  output: z.strictObject({
    name: z.string(),
    to: z.string(),
    dryRun: z.boolean(),
    /** What was fetched, or would be. */
    fetched: z.array(z.strictObject({ path: z.string(), size: z.int() })),
    /** How many files were there already. */
    unchanged: z.int(),
    failed: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
    bytes: z.int(),
    seconds: z.number(),
  }),
  async run({ input: { what, to, dryRun }, globals, ui, signal, say }) {
    await using person = await connectAs(globals);
    const shelf = await openShelf(person, what, ui);
    const files = await filesAt(shelf, what.path, signal);
    const { folder, placed } = await placesOf(files, what, to);

    const wanted: FileEntry[] = [];
    for (const entry of placed) if (!(await isThere(join(folder, entry.path), entry))) wanted.push(entry);
    const unchanged = placed.length - wanted.length;
    const bytes = wanted.reduce((sum, entry) => sum + entry.size, 0);
    const said = { name: shelf.name, to: folder, dryRun, unchanged };
    const plain = (entry: FileEntry) => ({ path: entry.path, size: entry.size });
    if (dryRun) {
      say({ ...said, fetched: wanted.map(plain), failed: [], bytes, seconds: 0 });
      return;
    }
    const began = performance.now();
    using progress = showProgress(ui, { files: wanted.length, bytes });
    const done = await downloadAll(shelf.reader, wanted, folder, {
      signal,
      onProgress: (far) => progress.update(far),
      onFile: ({ entry, error }) =>
        progress.file(error ? `failed ${entry.path}: ${error.message}` : `got ${entry.path}`),
    });
    progress[Symbol.dispose]();
    const failed = done.results.flatMap(({ entry, error }) =>
      error ? [{ path: entry.path, reason: error.message }] : [],
    );
    say({
      ...said,
      fetched: done.results.flatMap(({ entry, error }) => (error ? [] : [plain(entry)])),
      failed,
      bytes: done.bytes,
      seconds: Math.round(performance.now() - began) / 1_000,
    });
    if (failed.length > 0) {
      const first = done.results.find(({ error }) => error);
      throw new Failure(`${counted(failed.length, "file")} could not be fetched`, {
        cause: first?.error,
        next: "the same again, which fetches only those",
      });
    }
  },
  show({ name, to, dryRun, fetched, unchanged, failed, bytes, seconds }, ui) {
    if (dryRun) {
      for (const file of fetched) ui.out(`would get ${clean(file.path)}  ${size(file.size)}`);
      ui.out(`${counted(fetched.length, "file")} to fetch, ${size(bytes)}; ${unchanged} there already`);
      return;
    }
    for (const { path, reason } of failed) ui.note(`failed: ${clean(path)}: ${reason}`);
    const rate = seconds > 0 ? ` at ${size(bytes / seconds)}/s` : "";
    const there = unchanged > 0 ? `; ${unchanged.toLocaleString("en")} there already` : "";
    if (fetched.length === 0 && failed.length === 0) ui.out(`${name} is in ${to}, and nothing has changed`);
    else ui.out(`${counted(fetched.length, "file")}, ${size(bytes)}${rate} in ${duration(seconds)}, to ${to}${there}`);
  },
});

/** Below which folder the files go, and under which paths there. */
async function placesOf(
  files: readonly FileEntry[],
  { catalog, path }: { readonly catalog: string; readonly path: string },
  to: string | undefined,
): Promise<{ folder: string; placed: FileEntry[] }> {
  const [only] = files;
  if (path !== "" && only?.path === path) {
    const target = resolve(to ?? ".");
    const isFolder = to === undefined || to.endsWith("/") || (await isDirectory(target));
    const [folder, name] = isFolder ? [target, basename(path)] : [dirname(target), basename(target)];
    return { folder, placed: [{ ...only, path: FilePath.parse(name) }] };
  }
  const folder = resolve(to ?? (path === "" ? catalog : basename(path)));
  const placed = files.map((file) =>
    path === "" ? file : { ...file, path: FilePath.parse(file.path.slice(path.length + 1)) },
  );
  return { folder, placed };
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Whether a file is there as it was fetched: a file that is being fetched gets its name and its time at the very end. */
const isThere = (path: string, { size: bytes, modified }: FileEntry): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile() && found.size === bytes && Math.abs(found.mtimeMs - modified) < 2,
    () => false,
  );
