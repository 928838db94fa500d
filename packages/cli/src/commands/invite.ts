import { Handle } from "@natster/contracts";
import { codeLifetimes, invite } from "@natster/person";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { isOnlyHere, onlyHere, Passed, passedOn, showPassed } from "../output/code.ts";
import { connectAs } from "../system/connect.ts";
import { CodeDurationTyped } from "../system/duration.ts";

export default defineCommand({
  about: "Make a code with which one person may register on this system; for administrators.",
  options: [
    ["--handle <handle>", "they have to register as this one; others may take it meanwhile"],
    ["-e, --expires <duration>", "how long it can be used (default: 7d)"],
  ],
  examples: [
    ["natster invite --expires 1d", "one person, until tomorrow"],
    ["natster invite --handle bob", "then natster redeem LINK --handle bob"],
  ],
  input: z.object({ handle: Handle.optional(), expires: CodeDurationTyped.default(codeLifetimes.enrol) }),
  output: Passed.extend({ onlyHere: z.boolean() }),
  async run({ input: { handle, expires: expiresIn }, globals, say }) {
    await using person = await connectAs(globals);
    const code = await invite(person, { expiresIn, ...(handle !== undefined && { handle }) });
    const { page } = person.context;
    say({ ...passedOn(code, page, expiresIn), onlyHere: isOnlyHere(page) });
  },
  show(said, ui) {
    showPassed(ui, "Give this to one person; it lets them in once:", said);
    if (said.onlyHere) ui.note(onlyHere);
  },
});
