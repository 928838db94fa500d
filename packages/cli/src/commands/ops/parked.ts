import { ParkedEvent } from "@natster/contracts/ops";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { table } from "../../output/table.ts";
import { connectAs } from "../../system/connect.ts";
import { askKeeper } from "../../system/ops.ts";
import { rowsOf } from "../../system/pages.ts";

export default defineCommand({
  about: "List the events that a projection could not take in, and those that wait behind them.",
  arguments: [["<projection>", "as natster ops status lists it"]],
  examples: [["natster ops parked shares", "each with its reason; for administrators"]],
  input: z.object({ projection: z.string().min(1) }),
  output: z.strictObject({ projection: z.string(), events: z.array(ParkedEvent) }),
  async run({ input: { projection }, globals, say }) {
    await using person = await connectAs(globals);
    const events = await askKeeper(person, (keeper) => Array.fromAsync(rowsOf(keeper.parked, { projection })));
    say({ projection, events });
  },
  show({ projection, events }, ui) {
    if (events.length === 0) {
      ui.out(`nothing is parked in ${projection}`);
      return;
    }
    table(ui, events, [
      { title: "EVENT", text: ({ sequence }) => String(sequence), align: "right" },
      { title: "REASON", text: ({ reason }) => reason, flexible: true },
      { title: "SUBJECT", text: ({ subject }) => subject, optional: true },
    ]);
  },
});
