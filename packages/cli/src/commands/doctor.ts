import * as z from "zod";
import { defineCommand } from "../define.ts";
import { checks } from "../doctor/checks.ts";
import { Finding } from "../doctor/finding.ts";
import { Failure } from "../failure.ts";
import { counted } from "../output/words.ts";

export default defineCommand({
  about: "Look at versions, clock, reachability, keys, limits and disk, and say how to mend what is wrong.",
  examples: [["natster doctor", "of this machine and of the context in use"]],
  input: z.object({}),
  output: z.strictObject({ findings: z.array(Finding) }),
  async run({ globals, say }) {
    const findings = await checks(globals);
    say({ findings });
    const wrong = findings.filter(({ state }) => state === "wrong");
    const [first] = wrong;
    if (first) {
      throw new Failure(`${counted(wrong.length, "thing")} to mend`, {
        ...(first.next !== undefined && { next: first.next }),
      });
    }
  },
  show({ findings }, ui) {
    const marks = { well: ui.style("green", "✓"), warning: ui.style("yellow", "!"), wrong: ui.style("red", "✗") };
    for (const { check, state, found, next } of findings) {
      ui.out(`${marks[state]} ${check}: ${found}`);
      if (next !== undefined) ui.out(`    ${next}`);
    }
  },
});
