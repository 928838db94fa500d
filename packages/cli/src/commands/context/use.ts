import * as z from "zod";
import { ContextName, openContext, useContext } from "../../context/context.ts";
import { defineCommand } from "../../define.ts";

export default defineCommand({
  about: "Use another account from now on. --context and NATSTER_CONTEXT do so for one command.",
  arguments: [["<name>", "a context, as natster context ls lists it"]],
  examples: [["natster context use work", "from now on"]],
  deed: true,
  input: z.object({ name: ContextName }),
  output: z.strictObject({ name: z.string() }),
  async run({ input, say }) {
    const { name } = await openContext(input.name);
    await useContext(name);
    say({ name });
  },
  show({ name }, ui) {
    ui.out(`context ${name} is in use`);
  },
});
