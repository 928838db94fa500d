/** Fetching again: what is whole, what was changed here, what is gone there, and what an interruption leaves. */
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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
  await expect.poll(planned, { timeout: 20_000 }).toMatch(/^would replace theirs {2}13 B$/m);
  const { err: would } = await done("natster get notes copy --dry-run");
  expect(would).toMatch(/^would keep: mine: it was changed here$/m);
  expect(would).toContain("1 file here is no more in notes; --prune deletes");

  const { out, err } = await done("natster get notes copy", 1);
  expect(err).toMatch(/^natster: 1 file of yours stays, and notes has changed there$/m);
  expect(`${out}${err}`.match(/\bmine\b/g)).toHaveLength(1);
  expect(out).toContain("notes is in ./copy, but for what you changed: 1 file");
  expect(err).toMatch(/^ {2}next: .*--force/m);
  expect(readFileSync(here("mine"), "utf8")).toBe("changed here");
  expect(readFileSync(here("theirs"), "utf8")).toBe("changed there");
  await done("natster get notes copy --force --prune");
  expect(readFileSync(here("both"), "utf8")).toBe("changed there");
  expect(existsSync(here("gone"))).toBe(false);

  // A folder is of one catalog, and of all of it or of a part.
  await done("mkdir Music && echo song | tee Music/song > Music/.secret && natster share Music --json");
  expect((await done("natster get music copy --force --prune", 1)).err).toMatch(/copy mirrors notes, and not music$/m);
  await done("natster get music && natster get music --prune");
  // What begins with a dot is in it when its owner says so, and out of it again, while it is served.
  const filesWith = async (told: string) => (await done(`natster share Music --public ${told} --json | jq .files`)).out;
  await expect.poll(() => filesWith("--dotfiles"), { timeout: 20_000 }).toBe("2\n");
  await expect.poll(() => filesWith("--no-dotfiles"), { timeout: 20_000 }).toBe("1\n");

  // One file is no other. What was fetched makes room for what is newer, and what was changed does not.
  const theirs = join(alice.home, "theirs");
  writeFileSync(theirs, "of my own");
  expect((await done("natster get notes/theirs", 1)).err).toContain("--force");
  expect((await done("natster get notes/theirs --force")).out).toContain("in place of older ones");
  expect((await done("natster get notes/theirs")).out).toBe("notes/theirs is in ./theirs, and nothing has changed\n");
  writeFileSync(theirs, "changed here");
  expect((await done("natster get notes/theirs")).err).toMatch(/^kept: theirs: it was changed here$/m);
  await done("natster get notes/theirs --force");
  put("theirs", "changed there again");
  await expect.poll(planned, { timeout: 20_000 }).toContain("would replace theirs");
  await done("natster get notes/theirs");
  expect(readFileSync(theirs, "utf8")).toBe("changed there again");
  await done("natster get notes copy");

  // A file is no folder, and a folder no file.
  for (const line of ["natster get notes theirs", "natster get notes/mine theirs/below", "natster get notes theirs/in"])
    expect((await done(line, 1)).err, line).toMatch(
      /^natster: \S+\/theirs is a file, not a folder\n {2}next: .*folder$/m,
    );
  await done("mkdir -p in/mine");
  expect((await done("natster get notes/mine in", 1)).err).toContain("is a folder");

  rmSync(here("theirs"));
  mkdirSync(here("theirs"));
  expect((await done("natster get notes copy", 1)).err).toMatch(/^failed: theirs: \S+\/copy\/theirs is a folder$/m);
  await done("rmdir copy/theirs && natster get notes copy");

  // A folder that is away is served to nobody, and again when it is back.
  const { out: away } = await done("mv Notes Away && natster status");
  expect(away).toMatch(
    /^● 1 of 2 folders served from this machine$[^]*^ {4}notes: \S+\/Notes is not there at this moment$/m,
  );
  expect((await done("natster doctor", 1)).out).toMatch(/1 of 2 folders served.*Notes is not there at this moment/);
  expect((await done("natster get notes", 1)).err).toContain("nobody serves notes at this moment");
  renameSync(join(alice.home, "Away"), folder);
  await expect.poll(async () => (await alice.types("natster ls notes")).code, { timeout: 20_000 }).toBe(0);

  // Keys are served to nobody: not where that is asked for, and not where the list of what is served is written by hand.
  for (const line of ["natster share / --name all", "natster share ~ --dotfiles", "natster share ~/.config/natster"])
    expect((await done(line, 1)).err, line).toMatch(
      /cannot be shared: Natster keeps what is its own, keys too, in \S+\n {2}next:/,
    );
  const list = join(alice.home, ".config/natster/contexts/home/served.json");
  const served: object = JSON.parse(readFileSync(list, "utf8"));
  writeFileSync(list, JSON.stringify({ ...served, music: { root: alice.home, dotfiles: true } }));
  expect((await done("natster status")).out).toMatch(/^ {4}music: \S+ cannot be shared: Natster keeps/m);
  expect((await done("natster ls music", 1)).err).toContain("nobody serves music");
  writeFileSync(list, JSON.stringify(served));

  // Where no folder can be made, that is said.
  expect((await done("natster get notes /proc/natster", 1)).err).toContain("no folder can be made");

  // A large one, stopped under way, says what stays of it.
  writeFileSync(join(folder, "film.bin"), Buffer.alloc(100_000_000, "reel "));
  await expect.poll(async () => (await alice.types("natster stat notes/film.bin")).code, { timeout: 20_000 }).toBe(0);
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
        timeout: 20_000,
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
