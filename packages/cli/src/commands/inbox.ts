import { AccountKey, CatalogName, Instant } from "@natster/contracts";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { table } from "../output/table.ts";
import { moment } from "../output/words.ts";
import { connectAs } from "../system/connect.ts";
import { namesFor } from "../system/people.ts";
import { rowsOf } from "../system/pages.ts";
import { written } from "../system/reference.ts";

export default defineCommand({
  about: "List what is offered to you and waits for your answer.",
  examples: [["natster inbox", "then: natster accept NAME, or: natster decline NAME"]],
  input: z.object({}),
  output: z.strictObject({
    offers: z.array(
      z.strictObject({
        name: z.string(),
        owner: AccountKey,
        catalog: CatalogName,
        online: z.boolean(),
        since: Instant,
        expires: Instant.optional(),
      }),
    ),
  }),
  async run({ globals, say }) {
    await using person = await connectAs(globals);
    const names = await namesFor(person);
    const rows = await Array.fromAsync(rowsOf(person.library.inbox, {}));
    const offers = rows.map(async ({ owner, catalog, online, since, expires }) => ({
      name: written(await names.of(owner), catalog),
      owner,
      catalog,
      online,
      since,
      ...(expires !== undefined && { expires }),
    }));
    say({ offers: await Promise.all(offers) });
  },
  show({ offers }, ui) {
    if (offers.length === 0) {
      ui.note("nothing is offered to you");
      return;
    }
    table(ui, offers, [
      {
        title: " ",
        text: ({ online }) => (online ? "●" : "○"),
        format: (text, { online }) => ui.style(online ? "green" : "dim", text),
      },
      { title: "CATALOG", text: ({ name }) => name, flexible: true },
      { title: "SINCE", text: ({ since }) => moment(since), optional: true },
      { title: "UNTIL", text: ({ expires }) => (expires === undefined ? "" : moment(expires)), optional: true },
    ]);
    ui.note("natster accept NAME takes it, natster decline NAME turns it down");
  },
});
