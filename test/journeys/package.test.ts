/** The package as people get it: installed from its tarball in an empty directory, with an empty home. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { homes, Somebody } from "./person.ts";

const root = join(import.meta.dirname, "..", "..");

test("the tarball installs and runs where nothing else is, page and all", async () => {
  const where = homes();
  const alice = new Somebody("alice", where);
  const target = join(where, "packed");
  const said = execFileSync(process.execPath, [join(root, "scripts", "pack.ts"), target], { encoding: "utf8" });
  const tarball = said.trim().split("\n").at(-1) ?? "";
  expect(tarball).toMatch(/natster-[\d.]+\.tgz$/);

  const folder = join(alice.home, "Photos");
  mkdirSync(folder);
  writeFileSync(join(folder, "a.txt"), "the sea");
  const bin = join(alice.home, "node_modules", ".bin");
  const env = { PATH: [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter) };
  const done = async (line: string) => {
    const { code, out, err } = await alice.types(`unset -f natster; ${line}`, { env });
    expect(code, `${line}\n${out}${err}`).toBe(0);
    return out;
  };
  await done(`npm install --offline --no-audit --no-fund --loglevel=error "${tarball}"`);
  expect(readdirSync(join(alice.home, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["natster"]);
  expect(await done("natster --version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  await done("natster up --background && natster share Photos --json");
  const page = (await done("natster whoami --json | jq -r .page")).trim();
  const answer = await fetch(page);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  await done("natster get photos copy && natster doctor && natster down");
  expect(readFileSync(join(alice.home, "copy", "a.txt"), "utf8")).toBe("the sea");
}, 600_000);
