/** What goes wrong for people, and what they read then: what happened, why, and the next thing to type. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Ended, homes, readable, Somebody } from "./person.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");

/** A refusal that a person can act on: exit code 1, a reason, the next thing to type, and no stack trace. */
function expectAdvice({ code, out, err }: Ended, about: string): void {
  expect(code, `${about}\n${out}${err}`).toBe(1);
  expect(err, about).toMatch(/^natster: \S/m);
  expect(err, about).toMatch(/^ {2}next: +\S/m);
  expect(err, about).not.toMatch(/^\s+at /m);
}

test("what cannot be understood is exit code 2, and names what is wrong", async () => {
  const nobody = new Somebody("nobody", homes());
  for (const [line, why] of [
    ["shar", "share"],
    ["get", "what"],
    ["get Photos", "did you mean photos?"],
    ["ls фото", "names are of a to z"],
    ["share . @x", "with"],
    ["share . @bob --expires soon", "expected a duration"],
    ["get @alice/photos ''", "to: expected a path"],
    ["context export --output ''", "--output: expected a path"],
    ["codes cancel ''", "expected a code, or its first eight letters"],
    ["ops limit @bob --imports -5", "expected 0 or more, or -1 for no limit (-5)"],
    ["--timeout never whoami", "expected seconds"],
    ["up --listen 127.0.0.1:99999", "--listen: there is no such port"],
    ["get 'http://127.0.0.1:1/#code=SVCDN2TV-PC6Q-32KY-VS3'", "it has a typing error in it, or was cut short"],
    ["ls --no-such-option", "--no-such-option"],
  ] as const) {
    const { code, out, err } = await nobody.types(`natster ${line}`);
    expect(code, `${line}\n${out}${err}`).toBe(2);
    expect(err, line).toContain(why);
  }
  const full = await nobody.types("natster --version > /dev/full");
  expectAdvice(full, "where nothing can be written");
}, 240_000);

test("on a narrow terminal, with odd names, on a full disk and without a system people read what helps them", async () => {
  const where = homes();
  const alice = new Somebody("alice", where);
  const bob = new Somebody("bob", where);
  const odd = join(alice.home, "写真 🎈 and a very long name of a folder, with spaces");
  cpSync(sample, odd, { recursive: true });
  mkdirSync(join(odd, "été\u202Egpj"));
  writeFileSync(join(odd, "été\u202Egpj", "a\u001B[2Jb.txt"), "x");
  const done = async (who: Somebody, line: string, terminal?: number) => {
    const ended = await who.types(line, terminal === undefined ? {} : { terminal });
    expect(ended.code, `${line}\n${ended.out}${ended.err}`).toBe(0);
    return ended.out;
  };
  await done(alice, "natster up --background --registration open --handle alice");
  const page = (await done(alice, "natster whoami --json | jq -r .page")).trim();
  await done(bob, `natster init ${page} --handle bob`);
  await done(alice, `natster share "${odd}" @bob --name odd`);
  await done(bob, "natster accept @alice/odd");

  for (const [who, line] of [
    [alice, "natster ls"],
    [alice, "natster ls odd"],
    [alice, "natster catalog ls"],
    [alice, "natster devices"],
    [alice, "natster ops status"],
    [bob, "natster ls"],
    [bob, "natster catalog contents @alice/odd"],
  ] as const) {
    const lines = readable(await done(who, `${line} -q`, 40)).split("\n");
    // Characters that take two columns only make it shorter.
    expect(
      lines.filter((each) => each.length > 40),
      line,
    ).toEqual([]);
  }
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(await done(bob, "natster ls @alice/odd --all -q")).not.toMatch(/[\u001B\u202E]/);

  mkdirSync(join(bob.home, "full"));
  const full = await bob.types(
    `export HOME="$PWD"; unshare -rm bash -c 'mount -t tmpfs -o size=300k tmpfs full && "${process.execPath}" "${join(sample, "..", "packages", "cli", "bin", "natster.mjs")}" get @alice/odd full/there'`,
  );
  expectAdvice(full, "a full disk");
  expect(full.err).toMatch(/room|full/);

  await done(alice, "natster down");
  for (const line of ["whoami", "ls", "get @alice/odd", "share ."]) {
    const ended = await bob.types(`natster ${line}`);
    expectAdvice(ended, line);
    expect(ended.err).toContain("cannot be reached");
  }
}, 600_000);
