import * as z from "zod";
import { completionFor } from "../completion/completion.ts";
import { defineCommand } from "../define.ts";

export default defineCommand({
  about: "Print what makes a shell complete commands, options and the names of your contexts.",
  arguments: [["<shell>", "bash, zsh or fish"]],
  examples: [
    ["natster completion bash >> ~/.bashrc", "from the next shell on"],
    ["natster completion zsh > ~/.zfunc/_natster", "where ~/.zfunc is on fpath"],
    ["natster completion fish > ~/.config/fish/completions/natster.fish", "at once"],
  ],
  input: z.object({ shell: z.enum(["bash", "zsh", "fish"], "expected bash, zsh or fish") }),
  output: z.strictObject({ shell: z.string(), script: z.string() }),
  async run({ input: { shell }, say }) {
    say({ shell, script: await completionFor(shell) });
  },
  show({ script }, ui) {
    ui.data(script.trimEnd());
  },
});
