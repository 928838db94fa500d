/**
 * Bundles a program and everything that it imports, so that it runs where there is nothing but Node:
 * `node scripts/bundle.ts ENTRY FOLDER` writes `FOLDER/main.js`, and beside it one file for each worker.
 */
import { basename, dirname, join, resolve } from "node:path";
import { type Plugin, rolldown } from "rolldown";

/** Bundles `entry` into `folder`; resolves with the names of the files written. Throws where something is unresolved. */
export async function bundle(entry: string, folder: string): Promise<string[]> {
  await using build = await rolldown({
    input: { main: resolve(entry) },
    platform: "node",
    plugins: [workers],
    treeshake: { moduleSideEffects: "no-external" },
    onLog(level, log, handle) {
      // What cannot be found would only be missed once it is asked for, far from here.
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
      handle(level, log);
    },
  });
  const { output } = await build.write({
    dir: folder,
    format: "esm",
    // Lines and names stay: an error says where it was.
    minify: { compress: true, mangle: false, codegen: false },
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    // Packages that are CommonJS ask for Node's own modules by `require`.
    banner: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  });
  return output.map(({ fileName }) => fileName);
}

const workerUrl = /new URL\("(\.\/[\w./-]+)\.ts", import\.meta\.url\)/g;

/** A worker is named by its source's URL: it becomes a file of its own, and the URL that file's. */
const workers: Plugin = {
  name: "workers",
  transform(code, id) {
    if (!code.includes("new Worker(")) return undefined;
    return code.replaceAll(workerUrl, (_, path: string) => {
      const fileName = `${basename(path)}.js`;
      this.emitFile({ type: "chunk", id: join(dirname(id), `${path}.ts`), fileName });
      return `new URL("./${fileName}", import.meta.url)`;
    });
  },
};

if (import.meta.main) {
  const [entry, folder] = process.argv.slice(2);
  if (entry === undefined || folder === undefined) throw new Error("usage: node scripts/bundle.ts ENTRY FOLDER");
  console.log((await bundle(entry, folder)).join("\n"));
}
