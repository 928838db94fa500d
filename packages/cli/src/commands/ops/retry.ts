import { isRefusal } from "@natster/micro/client";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { counted } from "../../output/words.ts";
import { connectAs } from "../../system/connect.ts";
import { askKeeper, SequenceTyped } from "../../system/ops.ts";

export default defineCommand({
  about:
    "Have a projection take in, in their order, the events that it put aside: all of them, or those of the aggregate of one. After what stood in the way is mended.",
  arguments: [
    ["<projection>", "as natster ops status lists it"],
    ["[event]", "the number of one, as natster ops parked lists it"],
  ],
  examples: [
    ["natster ops retry shares", "everything that stands aside; for administrators"],
    ["natster ops retry shares 4711", "what belongs together with event 4711"],
  ],
  deed: true,
  input: z.object({ projection: z.string().min(1), event: SequenceTyped.optional() }),
  output: z.strictObject({ projection: z.string(), parked: z.int() }),
  async run({ input: { projection, event: sequence }, globals, say }) {
    await using person = await connectAs(globals);
    const { parked } = await askKeeper(person, (keeper) =>
      keeper.retry({ projection, ...(sequence !== undefined && { sequence }) }).catch((error: unknown) => {
        // Of everything that stands aside, there is nothing.
        if (sequence === undefined && isRefusal(error, "event_not_parked")) return { parked: 0 };
        throw error;
      }),
    );
    say({ projection, parked });
  },
  show({ projection, parked }, ui) {
    ui.out(
      parked === 0
        ? `${projection} has taken in everything`
        : `${counted(parked, "event")} still stand aside of ${projection}; natster ops parked ${projection}`,
    );
  },
});
