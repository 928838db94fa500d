/** Every command where it cannot do what it is for: people read what happened, why, and what to type next. */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commands, type Entry } from "../../packages/cli/src/commands.ts";
import { lines, type Line } from "./lines.ts";
import { homes, readable, Somebody } from "./person.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");

const pathsOf = (entries: Readonly<Record<string, Entry>>, path = ""): string[] =>
  Object.entries(entries).flatMap(([name, entry]) =>
    "commands" in entry ? pathsOf(entry.commands, `${path}${name} `) : [`${path}${name}`],
  );

/** Types a command as somebody, and looks at what they read. */
async function tryOne(
  who: Somebody,
  [name, { told, alone }]: [string, Line],
  terminal: number | undefined,
): Promise<string> {
  const line = `natster --timeout 20 ${name} ${told}`;
  const { code, out, err } = await who.types(line, terminal === undefined ? {} : { terminal });
  const text = readable(`${out}${err}`);
  const seen = `${line}\n${text}`;
  expect(alone ? [0, 1] : [1], seen).toContain(code);
  expect(text, seen).not.toMatch(/^\s+at .*:\d+|\[object|undefined|NaN/m);
  if (code !== 1) return text;
  expect(text, seen).toMatch(/^natster:\s+\S/m);
  expect(text, seen).toMatch(/^ {2}next: +\S/m);
  if (terminal === undefined) return text;
  // Only what is one word may be wider than the terminal, and nothing breaks within one.
  const wide = text.split(/\r?\n/).filter((each) => each.length > terminal && /\S\s+\S/.test(each.slice(11)));
  expect(wide, seen).toEqual([]);
  return text;
}

/** Types every command as somebody; what they read, by its name. */
async function tryAll(who: Somebody, terminal?: number): Promise<Map<string, string>> {
  const read = new Map<string, string>();
  const left = Object.entries(lines);
  const one = async () => {
    for (let next = left.shift(); next; next = left.shift()) read.set(next[0], await tryOne(who, next, terminal));
  };
  await Promise.all([one(), one(), one()]);
  return read;
}

test("every command is among those that are tried", () => {
  expect(Object.keys(lines).toSorted()).toEqual(pathsOf(commands).toSorted());
});

test("every command without an account, on a terminal of 40 columns, says what to do", async () => {
  const nobody = new Somebody("nobody", homes());
  cpSync(sample, join(nobody.home, "Photos"), { recursive: true });
  const read = await tryAll(nobody, 40);
  expect(read.get("ls")).toContain("natster up");
}, 900_000);

test("every command of a device that was revoked, and then without a system, says so", async () => {
  const where = homes();
  const alice = new Somebody("alice", where);
  const laptop = new Somebody("laptop, 写真 🎈", where);
  for (const { home } of [alice, laptop]) {
    mkdirSync(join(home, "Photos"));
    cpSync(sample, join(home, "Photos"), { recursive: true });
  }
  const done = async (who: Somebody, line: string) => {
    const { code, out, err } = await who.types(line);
    expect(code, `${line}\n${out}${err}`).toBe(0);
    return out;
  };
  await done(alice, "natster up --background --handle alice");
  await done(alice, "natster share Photos --json");
  const link = (await done(alice, "natster login --role owner --name laptop --no-wait --json | jq -r .link")).trim();
  await done(laptop, `natster redeem '${link}'`);
  await done(laptop, "natster ls");
  await done(alice, "natster devices revoke laptop");
  const revoked = await tryAll(laptop);
  for (const name of ["ls", "get", "share", "ops status", "watch"]) {
    expect(revoked.get(name), name).toContain("does not let this device in");
  }

  await done(alice, "natster down");
  const stopped = await tryAll(alice);
  for (const name of ["ls", "get", "share", "ops status", "watch", "serve"]) {
    expect(stopped.get(name), name).toContain("cannot be reached");
  }
}, 900_000);

test("on a full disk, and where nothing may be written, commands that write say so", async () => {
  const alice = new Somebody("alice", homes());
  mkdirSync(join(alice.home, "full"));
  mkdirSync(join(alice.home, "read-only"));
  const attempt = (home: string, line: string) =>
    alice.types(
      `set -e
       mount -t tmpfs -o size=64k tmpfs full; head -c 70000 /dev/zero > full/zero 2> /dev/null || true
       mount -t tmpfs -o ro tmpfs read-only
       unset XDG_CACHE_HOME; export HOME="$PWD/${home}"; cd "$HOME"; ${line}`,
      { namespaces: true },
    );
  for (const home of ["full", "read-only"]) {
    for (const line of [
      "natster up",
      "natster up --background",
      "natster init http://127.0.0.1:9/",
      "natster operator init keys",
    ]) {
      const { code, out, err } = await attempt(home, line);
      const seen = `${home}: ${line}\n${out}${err}`;
      expect(code, seen).toBe(1);
      expect(err, seen).toMatch(line.includes("init http") ? /natster: / : /full|cannot be written|may not/);
      expect(err, seen).toMatch(/^ {2}next: +\S/m);
      expect(err, seen).not.toMatch(/^\s+at /m);
    }
  }
}, 600_000);
