/**
 * The built page, in memory: some hundred kilobytes, read once. A path is looked up among the files that are there and
 * is never made into a file's name, so that no path leads anywhere else.
 */
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type Content, content } from "./content.ts";

/** What can be got by path. */
export interface Page {
  /** What stands at a path, or undefined where nothing does. */
  find(path: string): Promise<Content | undefined>;
  /** Whether the page has been built. */
  isBuilt(): boolean;
}

/** Opens the page built in a folder, and more contents by path. A page that is built anew is read anew. */
export function openPage(root: string, more: ReadonlyMap<string, Content> = new Map()): Page {
  const index = join(root, "index.html");
  let read: { build: string; files: Promise<Files> } | undefined;

  const files = async (): Promise<Files> => {
    const build = `${await changed(index)} ${await changed(join(root, "assets"))}`;
    if (read?.build !== build) {
      const reading = { build, files: readFolder(root) };
      read = reading;
      // A folder that is being written while it is read is read again when it is next asked for.
      reading.files.catch(() => {
        if (read === reading) read = undefined;
      });
    }
    return read.files;
  };

  return {
    isBuilt: () => existsSync(index),
    async find(path) {
      const own = more.get(path);
      if (own || !existsSync(index)) return own;
      return (await files()).get(path === "/" ? "/index.html" : path);
    },
  };
}

type Files = ReadonlyMap<string, Content>;

const changed = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

async function readFolder(root: string): Promise<Files> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = async (path: string): Promise<[string, Content]> => {
    const name = relative(root, path).replaceAll(sep, "/");
    return [`/${name}`, content(name, await readFile(path))];
  };
  return new Map(await Promise.all(paths.map(read)));
}
