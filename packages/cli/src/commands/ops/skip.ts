import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { counted } from "../../output/words.ts";
import { connectAs } from "../../system/connect.ts";
import { askKeeper, SequenceTyped } from "../../system/ops.ts";

export default defineCommand({
  about:
    "Leave one event that a projection put aside out of it for ever, and take in those that wait behind it. The event stays in the log.",
  arguments: [
    ["<projection>", "as natster ops status lists it"],
    ["<event>", "its number, as natster ops parked lists it"],
  ],
  examples: [["natster ops skip shares 4711", "goes on without event 4711; for administrators"]],
  deed: true,
  input: z.object({ projection: z.string().min(1), event: SequenceTyped }),
  output: z.strictObject({ projection: z.string(), event: z.int(), parked: z.int() }),
  async run({ input: { projection, event }, globals, say }) {
    await using person = await connectAs(globals);
    // `skip` is what the service is told about one event in the log; it has nothing to do with tests.
    const { parked } = await askKeeper(person, (keeper) => keeper.skip({ projection, sequence: event }));
    say({ projection, event, parked });
  },
  show({ projection, event, parked }, ui) {
    ui.out(`${projection} goes on without event ${event}; ${counted(parked, "event")} stand aside`);
  },
});
