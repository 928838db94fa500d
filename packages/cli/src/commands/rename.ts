import { Handle } from "@natster/contracts";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { connectAs } from "../system/connect.ts";

export default defineCommand({
  about:
    "Be known by another handle from now on, or by one at all. The one you had is free for others then; whoever knew you by it has pinned your key, and is asked about it.",
  arguments: [["<handle>", "the name that people know you by"]],
  examples: [["natster rename kim", "people say @kim"]],
  deed: true,
  input: z.object({ handle: Handle }),
  output: z.strictObject({ handle: Handle }),
  async run({ input: { handle }, globals, say }) {
    await using person = await connectAs(globals);
    await person.accounts.rename({ handle });
    say({ handle });
  },
  show({ handle }, ui) {
    ui.out(`you are @${handle}`);
  },
});
