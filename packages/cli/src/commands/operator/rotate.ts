import { resolve } from "node:path";
import { OperatorError, rotateSigningKey, serversOf } from "@natster/standalone";
import * as z from "zod";
import { systemDirectory } from "../../context/paths.ts";
import { contextNames, openContext } from "../../context/context.ts";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { notBy, vouching } from "../../system/believed.ts";
import { PathTyped } from "../../typed.ts";

export default defineCommand({
  about:
    "Move an operator to its reserve signing key: every account is signed anew while everything runs, and nobody is disconnected.",
  arguments: [["[directory]", "of the operator; the system of this machine where none is named"]],
  options: [["--server <url...>", "addresses of its nats-server, where they are other than its services are told"]],
  examples: [["natster operator rotate", "after the key in use was seen by somebody"]],
  deed: true,
  input: z.object({ directory: PathTyped.optional(), server: z.array(z.string()).optional() }),
  output: z.strictObject({ directory: z.string(), was: z.string(), is: z.string() }),
  async run({ input, globals: { ca }, say }) {
    const directory = resolve(input.directory ?? systemDirectory());
    const servers = input.server ?? (await whereItRuns(directory));
    try {
      say({ directory, ...(await rotateSigningKey(directory, servers ? { servers, ca: vouching(ca) } : {})) });
    } catch (error) {
      if (error instanceof OperatorError) throw new Failure(error.message, { next: error.next ?? "docs/operator.md" });
      throw notBy(ca, error);
    }
  },
  show({ directory, was, is }, ui) {
    ui.out(`the operator in ${directory} signs with ${is}, and with ${was} no more`);
  },
});

/** Where the system of a directory is reached, as a context of this machine knows it, or the services' settings. */
async function whereItRuns(directory: string): Promise<string[] | undefined> {
  for (const name of await contextNames()) {
    const context = await openContext(name);
    if (context.system === directory) return context.servers;
  }
  return serversOf(directory);
}
