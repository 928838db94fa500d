/** Fetching again: what is whole, what was changed here, what is gone there, and what an interruption leaves. */
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { homes, Somebody } from "./person.ts";

test("get keeps what was changed here, says what is gone there, and goes on where it was stopped", async () => {
  const alice = new Somebody("alice", homes());
  const folder = join(alice.home, "Notes");
  const here = (path: string) => join(alice.home, "copy", path);
  const put = (path: string, text: string) => writeFileSync(join(folder, path), text);
  mkdirSync(folder);
  for (const path of ["mine", "both", "theirs", "gone"]) put(path, "first");
  const done = async (line: string, code = 0) => {
    const ended = await alice.types(line);
    expect(ended.code, `${line}\n${ended.out}${ended.err}`).toBe(code);
    return ended;
  };
  await done("natster up --background && natster share Notes --json && natster get notes copy");

  for (const path of ["mine", "both"]) writeFileSync(here(path), "changed here");
  put("both", "changed there");
  put("theirs", "changed there");
  rmSync(join(folder, "gone"));
  const planned = async () => (await alice.types("natster get notes copy --dry-run")).out;
  await expect.poll(planned).toMatch(/^would replace theirs {2}13 B$/m);
  const { err: would } = await done("natster get notes copy --dry-run", 1);
  expect(would).toMatch(/^would keep: mine: it was changed here$/m);
  expect(would).toContain("1 file here is no more in notes; --prune deletes");

  const { err } = await done("natster get notes copy", 1);
  expect(err).toMatch(/^natster: 1 file of yours was not replaced$/m);
  expect(err).toMatch(/^ {2}next: .*--force/m);
  expect(readFileSync(here("mine"), "utf8")).toBe("changed here");
  expect(readFileSync(here("theirs"), "utf8")).toBe("changed there");
  await done("natster get notes copy --force --prune");
  expect(readFileSync(here("both"), "utf8")).toBe("changed there");
  expect(existsSync(here("gone"))).toBe(false);

  // One file is no other.
  writeFileSync(join(alice.home, "theirs"), "of my own");
  expect((await done("natster get notes/theirs", 1)).err).toContain("--force");
  expect((await done("natster get notes/theirs --force")).out).toContain("in place of older ones");
  expect((await done("natster get notes/theirs")).out).toContain("nothing has changed");

  // Where no folder can be made, that is said.
  expect((await done("natster get notes /proc/natster", 1)).err).toContain("no folder can be made");

  // A large one, stopped under way, says what stays of it.
  writeFileSync(join(folder, "film.bin"), Buffer.alloc(100_000_000, "reel "));
  await expect.poll(async () => (await alice.types("natster stat notes/film.bin")).code).toBe(0);
  for (const args of [
    ["get", "notes", "copy"],
    ["get", "notes/film.bin", "film.bin"],
  ]) {
    const child = alice.runs(args);
    let said = "";
    child.stderr?.on("data", (text: Buffer) => (said += text.toString()));
    const ended = once(child, "close");
    const [where, part] = args[2] === "copy" ? [here(".natster/parts"), /./] : [alice.home, /\.part$/];
    await expect
      .poll(() => (existsSync(where) ? readdirSync(where).filter((name) => part.test(name)).length : 0), {
        interval: 5,
      })
      .toBe(1);
    child.kill("SIGINT");
    expect(await ended, said).toEqual([130, null]);
    expect(said).toMatch(/of 100\.0 MB are here, 0 of 1 file whole; the same again goes on from there/);
    await done(`natster ${args.join(" ")}`);
    expect(readdirSync(where).filter((name) => part.test(name))).toEqual([]);
  }
  expect(readFileSync(join(alice.home, "film.bin")).equals(readFileSync(here("film.bin")))).toBe(true);
}, 900_000);
