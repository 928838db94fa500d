/** Completion, as the shells themselves do it: keys are typed into a terminal, and what they became is run. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { completionFor } from "../../packages/cli/src/completion/completion.ts";
import { homes, Somebody } from "./person.ts";

/** What is typed before the key for completion, and what has to be run in the end. */
const lines = [
  ["natster unpub", "unpublish"],
  ["natster catalog sea", "catalog search"],
  ["natster share --exp", "share --expires"],
  ["natster --context hom", "--context home"],
  ["natster get pho", "get photos"],
  ["natster get @alice/mu", "get @alice/music"],
] as const;

/** Somebody whose shell knows the completion, and a command that says what it was told; catalogs have two names. */
async function withCompletion(shell: "bash" | "zsh" | "fish"): Promise<Somebody> {
  const who = new Somebody("alice", homes());
  mkdirSync(join(who.home, ".config", "natster", "contexts", "home"), { recursive: true });
  mkdirSync(join(who.home, "bin"));
  const said = '#!/bin/sh\ncase "$*" in *--names) printf "%s\\n" photos @alice/music ;; *) echo "ran: $*" ;; esac\n';
  writeFileSync(join(who.home, "bin", "natster"), said, { mode: 0o755 });
  writeFileSync(join(who.home, "completion"), await completionFor(shell));
  return who;
}

/** Types into a shell on a terminal, line by line, each when the one before was run. */
async function typeInto(who: Somebody, shell: string, setUp: string): Promise<string> {
  const child = who.starts(`unset -f natster; PATH="$HOME/bin:$PATH" exec script -qec '${shell}' /dev/null`, {
    input: true,
  });
  let out = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  const ready = async (nth: number) => {
    await expect.poll(() => out.match(/^ready \d/gm)?.length ?? 0, { timeout: 60_000 }).toBe(nth);
  };
  child.stdin?.write(`${setUp}\necho ready $((1))\n`);
  await ready(1);
  for (const [nth, [typed]] of lines.entries()) {
    child.stdin?.write(`${typed}\t\n`);
    child.stdin?.write("echo ready $((1))\n");
    await ready(nth + 2);
  }
  child.stdin?.write("exit\n");
  return out;
}

const ran = (out: string): string[] => [...out.matchAll(/^ran: (.*?)\s*$/gm)].map(([, told = ""]) => told);
const expected = lines.map(([, told]) => told);

test("bash completes commands, options, contexts and catalogs", async () => {
  const who = await withCompletion("bash");
  const out = await typeInto(who, "bash --norc --noprofile -i", "source ~/completion");
  expect(ran(out), out).toEqual(expected);
}, 600_000);

test("zsh completes commands, options, contexts and catalogs", async () => {
  const who = await withCompletion("zsh");
  const out = await typeInto(who, "zsh -f -i", "autoload -U compinit; compinit -u -D; source ~/completion");
  expect(ran(out), out).toEqual(expected);
}, 600_000);

test("fish completes commands, options, contexts and catalogs", async () => {
  const who = await withCompletion("fish");
  for (const [typed, told] of lines) {
    const line = `PATH="$HOME/bin:$PATH" fish --no-config -c 'source ~/completion; complete -C "${typed}"'`;
    const { code, out, err } = await who.types(line);
    const words = out.split("\n").flatMap((each) => (each === "" ? [] : [each.split("\t")[0]]));
    expect(code, err).toBe(0);
    expect(words, typed).toEqual([told.split(" ").at(-1)]);
  }
}, 600_000);
