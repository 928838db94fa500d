import { resolve } from "node:path";
import { readdir } from "node:fs/promises";
import { AccountKey } from "@natster/contracts";
import { openInstallation } from "@natster/standalone";
import * as z from "zod";
import { makePrivate } from "../../context/files.ts";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";

export default defineCommand({
  about:
    "Make an operator and all that a system needs of it: keys, account JWTs, and creds for each service. For systems of several machines; natster up does it by itself.",
  arguments: [["<directory>", "where it is written; it must be empty or not there"]],
  examples: [["natster operator init ./operator", "then take operator/offline to a safe place"]],
  input: z.object({ directory: z.string().min(1) }),
  output: z.strictObject({ directory: z.string(), platform: AccountKey, systemAccount: AccountKey, creds: z.string() }),
  async run({ input, say }) {
    const directory = resolve(input.directory);
    if ((await readdir(directory).catch(() => [])).length > 0) {
      throw new Failure(`${directory} is not empty, and an operator is made once`, {
        next: "natster operator init ANOTHER",
      });
    }
    await makePrivate(directory);
    const { platform, systemAccount } = await openInstallation(directory);
    say({ directory, platform, systemAccount, creds: `${directory}/creds` });
  },
  show({ directory, platform, creds }, ui) {
    ui.out(`made an operator in ${directory}; the platform is ${platform}`);
    ui.out(`Each service gets its own file of ${creds}.`);
    ui.out(
      `Take ${directory}/offline to a safe place: no running process needs it, and whoever has it has the system.`,
    );
  },
});
