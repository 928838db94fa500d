import { Entry } from "@natster/contracts/activity";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { table } from "../output/table.ts";
import { fingerprint, moment } from "../output/words.ts";
import { connectAs } from "../system/connect.ts";
import { rowsOf } from "../system/pages.ts";

export default defineCommand({
  about: "List what happened to your account, its devices, catalogs, shares and codes, the latest first.",
  options: [["-n, --lines <count>", "how much of it (default: 20)"]],
  examples: [["natster activity -n 100", "the last hundred things"]],
  input: z.object({ lines: z.coerce.number().int("expected a whole number").positive().default(20) }),
  output: z.strictObject({ entries: z.array(Entry) }),
  async run({ input: { lines }, globals, say }) {
    await using person = await connectAs(globals);
    const entries: z.output<typeof Entry>[] = [];
    for await (const entry of rowsOf(person.library.activity, { limit: Math.min(lines, 500) })) {
      entries.push(entry);
      if (entries.length === lines) break;
    }
    say({ entries });
  },
  show({ entries }, ui) {
    table(ui, entries, [
      { title: "WHEN", text: ({ time }) => moment(time) },
      { title: "WHAT", text: ({ event }) => event.replaceAll("_", " ") },
      { title: "ABOUT", text: aboutOf, flexible: true },
      { title: "BY", text: ({ command }) => command, optional: true },
    ]);
  },
});

function aboutOf(entry: z.output<typeof Entry>): string {
  switch (entry.about) {
    case "account":
      return entry.handle === undefined ? "account" : `@${entry.handle}`;
    case "device":
      return entry.name ?? entry.user.slice(0, 12);
    case "catalog":
      return entry.catalog;
    case "share":
      return `${entry.catalog} → ${fingerprint(entry.recipient)}`;
    case "code":
      return `code ${entry.code}-…`;
  }
}
