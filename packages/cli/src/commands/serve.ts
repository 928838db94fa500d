import { resolve } from "node:path";
import { CatalogName } from "@natster/contracts";
import { ServedState } from "@natster/contracts/serving";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { counted } from "../output/words.ts";
import { ensureServingDevice } from "../serving/device.ts";
import { serveHere, stayUntilInterrupted } from "../serving/stay.ts";
import { connectAs } from "../system/connect.ts";

/** `NAME=DIR`. */
const Folder = z.string().transform((text, context) => {
  const at = text.indexOf("=");
  const catalog = CatalogName.safeParse(text.slice(0, Math.max(0, at)));
  if (!catalog.success || at === text.length - 1) {
    context.addIssue("expected NAME=DIR");
    return z.NEVER;
  }
  return { catalog: catalog.data, root: resolve(text.slice(at + 1)) };
});

export default defineCommand({
  about:
    "Serve this machine's folders until Ctrl-C: those that were shared from it, and those named here. Several machines may serve the same catalog.",
  arguments: [["[folders...]", "more to serve for this once, as NAME=DIR, each a catalog of yours"]],
  examples: [
    ["natster serve", "everything that was shared from this machine"],
    ["natster serve photos=/mnt/copy/photos", "a copy of a catalog that another machine serves too"],
  ],
  input: z.object({ folders: z.array(Folder).default([]) }),
  output: z.strictObject({ served: z.array(ServedState) }),
  async run({ input: { folders }, globals, signal, say }) {
    const context = await (async () => {
      await using person = await connectAs(globals);
      return ensureServingDevice(person);
    })();
    const more = Object.fromEntries(folders.map(({ catalog, root }) => [catalog, { root, dotfiles: false }]));
    await using agent = await serveHere(context, globals.timeout, signal, more);
    say({ served: [...agent.states()] });
    await stayUntilInterrupted(agent, signal);
  },
  show({ served }, ui) {
    for (const { catalog, reason, files, leftOut } of served) {
      const left = leftOut > 0 ? `; ${leftOut} left out` : "";
      ui.out(
        reason === undefined
          ? `serving ${catalog}: ${counted(files, "file")}${left}`
          : `not serving ${catalog}: ${reason}`,
      );
    }
    if (served.length === 0) ui.note("nothing is shared from this machine yet; natster share DIR adds a folder");
    ui.note("Ctrl-C ends it.");
  },
});
