import { expect, test } from "vitest";
import { commands, type Entry } from "./commands.ts";
import { completionFor } from "./completion/completion.ts";

async function all(entries: Readonly<Record<string, Entry>>, path = "natster") {
  const found: { path: string; command: Awaited<ReturnType<Extract<Entry, { load: unknown }>["load"]>>["default"] }[] =
    [];
  for (const [name, entry] of Object.entries(entries)) {
    if ("commands" in entry) found.push(...(await all(entry.commands, `${path} ${name}`)));
    else found.push({ path: `${path} ${name}`, command: (await entry.load()).default });
  }
  return found;
}

test("every command has an example that begins with its own name", async () => {
  for (const { path, command } of await all(commands)) {
    const lines = command.examples.map(([line]) => line);
    const short = path.replace(/ ls$/, "");
    expect(
      lines.some((line) => line.includes(path) || line.includes(short)),
      path,
    ).toBe(true);
  }
  // The first to read the sources of every command.
}, 300_000);

test("every argument and option of a command is one that it reads", async () => {
  for (const { path, command } of await all(commands)) {
    const { arguments: positional = [], options = [], input } = command;
    const names = [
      ...positional.map(([name]) => name.replaceAll(/[<>[\].]/g, "")),
      ...options.map(([flags]) => /--(?:no-)?([\w-]+)/.exec(flags)?.[1] ?? flags),
    ].map((name) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()));
    const shape: unknown = Reflect.get(input, "shape");
    // An option and its opposite are one.
    expect(Object.keys(Object(shape)).toSorted(), path).toEqual([...new Set(names)].toSorted());
  }
});

test.each(["bash", "zsh", "fish"] as const)("completion for %s knows every command", async (shell) => {
  const script = await completionFor(shell);
  for (const name of Object.keys(commands)) expect(script).toContain(name);
  expect(script).toContain("expires");
});
