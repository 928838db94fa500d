import { CodeId } from "@natster/contracts";
import { cancelCode } from "@natster/person";
import * as z from "zod";
import { codesOfContext } from "../../context/codes.ts";
import { defineCommand } from "../../define.ts";
import { connectAs } from "../../system/connect.ts";

/** Its first eight letters, or all of it: whoever has it may pass it as it is. */
const Code = z.string().transform((text, context) => {
  const code = CodeId.safeParse(text.trim().toUpperCase().replaceAll("-", "").slice(0, 8));
  if (code.success) return code.data;
  context.addIssue("expected a code, or its first eight letters, such as S7KQ2M4T");
  return z.NEVER;
});

export default defineCommand({
  about:
    "Withdraw a link or a code of yours that nobody has used yet. What was used is taken back by natster unshare or natster devices revoke.",
  arguments: [["<code>", "its first eight letters, as natster codes lists them"]],
  examples: [["natster codes cancel S7KQ2M4T", "nobody can use it from then on"]],
  input: z.object({ code: Code }),
  output: z.strictObject({ code: CodeId }),
  async run({ input: { code }, globals, say }) {
    await using person = await connectAs(globals);
    await cancelCode(person, { id: code }, codesOfContext(person.context));
    say({ code });
  },
  show({ code }, ui) {
    ui.out(`nobody can use ${code} any more`);
  },
});
