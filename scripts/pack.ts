/**
 * Packs the CLI as one npm package that needs nothing but Node: `node scripts/pack.ts [FOLDER]` writes it to FOLDER,
 * `dist` unless named, and prints the path of the tarball. The page has to be built before.
 */
import { execFileSync } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { bundle } from "./bundle.ts";

const root = join(import.meta.dirname, "..");
const cli = join(root, "packages", "cli");
const target = resolve(process.argv[2] ?? join(root, "dist"));
const folder = join(target, "natster");

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await bundle(join(cli, "src", "main.ts"), join(folder, "dist"));
for (const [from, to] of [
  [join(root, "packages", "page", "dist"), "page"],
  [join(cli, "bin"), "bin"],
  [join(root, "README.md"), "README.md"],
  [join(root, "LICENSE"), "LICENSE"],
] as const) {
  await cp(from, join(folder, to), { recursive: true });
}
const { version, description, license } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<
  string,
  string
>;
await writeFile(
  join(folder, "package.json"),
  JSON.stringify(
    {
      name: "natster",
      version,
      description,
      license,
      type: "module",
      bin: { natster: "bin/natster.mjs" },
      imports: { "#main": "./dist/main.js" },
      files: ["bin", "dist", "page"],
      engines: { node: ">=24" },
    },
    null,
    2,
  ),
);
const said = execFileSync("npm", ["pack", "--json", "--pack-destination", target], { cwd: folder, encoding: "utf8" });
const [{ filename }] = JSON.parse(said) as [{ filename: string }];
console.log(join(target, filename));
