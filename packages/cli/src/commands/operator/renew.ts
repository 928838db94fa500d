import { resolve } from "node:path";
import { OperatorError, renewReserve } from "@natster/standalone";
import * as z from "zod";
import { systemDirectory } from "../../context/paths.ts";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { PathTyped } from "../../typed.ts";

export default defineCommand({
  about:
    "After a rotation: name a new reserve signing key, and the key that had to go no more. The operator's own key has to be in its place for it. nats-server believes it when it is started again.",
  arguments: [["[directory]", "of the operator; the system of this machine where none is named"]],
  examples: [["natster operator renew", "after natster operator rotate; then start every nats-server again"]],
  deed: true,
  input: z.object({ directory: PathTyped.optional() }),
  output: z.strictObject({ directory: z.string(), reserve: z.string(), retired: z.string().optional() }),
  async run({ input, say }) {
    const directory = resolve(input.directory ?? systemDirectory());
    try {
      const { reserve, retired } = await renewReserve(directory);
      say({ directory, reserve, ...(retired !== undefined && { retired }) });
    } catch (error) {
      if (error instanceof OperatorError) throw new Failure(error.message, { next: error.next ?? "docs/operator.md" });
      throw error;
    }
  },
  show({ directory, reserve, retired }, ui) {
    ui.out(`the operator in ${directory} has ${reserve} in reserve`);
    if (retired !== undefined)
      ui.out(
        `${retired} is believed until every nats-server has been started again, one after another; where natster up runs it: natster down, natster up.`,
      );
    ui.out(`Then take ${directory}/offline to its safe place, and make a new backup: natster operator backup FILE.`);
  },
});
