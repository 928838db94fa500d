/** docs/guide/json.md: what each command prints with `--json`, from the commands' own schemas. */
import { commands, type Entry } from "@natster/cli/commands";
import { names } from "./subjects/contracts.ts";
import { block } from "./subjects/markdown.ts";
import { spell } from "./subjects/shape.ts";
import * as z from "zod";

/** The whole page. */
export async function jsonPage(): Promise<string> {
  const sections = await sectionsOf(commands, "natster");
  return `# What \`--json\` prints

With \`--json\` a command prints one JSON document on a line of its own; those that go on print one whenever there is
something to say. Remarks, progress and errors are on standard error; the exit code is 0 where it is done, 1 where it is
refused or failed, 2 where it was not understood, and 130 where it was interrupted. This page is made by \`npm run docs\`;
names such as \`Instant\` are among the [words of the subjects](../subjects.md#words).

${sections.join("\n\n")}
`;
}

async function sectionsOf(entries: Readonly<Record<string, Entry>>, path: string): Promise<string[]> {
  const found: string[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    if ("commands" in entry) {
      found.push(...(await sectionsOf(entry.commands, `${path} ${name}`)));
      continue;
    }
    const { output, documents } = (await entry.load()).default;
    if (output instanceof z.ZodNever) continue;
    const many = documents === "many" ? ["", "One such document for each thing that happens."] : [];
    found.push([`## ${path} ${name}`, "", block([spell(output, names)]), ...many].join("\n"));
  }
  return found;
}
