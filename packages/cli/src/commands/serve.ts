import { resolve } from "node:path";
import { CatalogName } from "@natster/contracts";
import { ServedState } from "@natster/contracts/serving";
import * as z from "zod";
import { contextFor } from "../context/context.ts";
import { defineCommand } from "../define.ts";
import { UsageError } from "../failure.ts";
import { Installed, installUnit, showInstalled, takeAway } from "../install/install.ts";
import { showDoing } from "../output/progress.ts";
import { counted } from "../output/words.ts";
import { ensureServingDevice } from "../serving/device.ts";
import { serveHere, stayUntilInterrupted } from "../serving/stay.ts";
import { answerKeeper, isWorker, startWorkers } from "../serving/workers.ts";
import { connectAs } from "../system/connect.ts";
import { limitRate, RateTyped } from "../rate.ts";

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
    "Serve this machine's folders until Ctrl-C: those that were shared from it, and those named here. Several machines may serve the same catalog, and so may several processes. With --install systemd does it, from the moment that you sign in.",
  arguments: [["[folders...]", "more to serve for this once, as NAME=DIR, each a catalog of yours"]],
  options: [
    ["--workers <count>", "in how many processes, so that many readers are served at once (default: 1)"],
    limitRate("send"),
    ["--install", "have systemd serve them from now on, as a service of this user"],
    ["--uninstall", "take that service away"],
  ],
  examples: [
    ["natster serve", "everything that was shared from this machine"],
    ["natster serve photos=/mnt/copy/photos", "a copy of a catalog that another machine serves too"],
    ["natster serve --limit-rate 2M", "two megabytes a second at the most, whoever reads how much"],
    ["natster serve --workers 4", "for many readers, on a machine with as many processors"],
    ["natster serve --install", "without a terminal, after each sign-in and after whatever ends it"],
  ],
  deed: true,
  input: z.object({
    folders: z.array(Folder).default([]),
    workers: z.coerce.number().int().min(1).max(64).default(1),
    limitRate: RateTyped.optional(),
    install: z.boolean().default(false),
    uninstall: z.boolean().default(false),
  }),
  output: z.union([z.strictObject({ served: z.array(ServedState), processes: z.int() }), Installed]),
  async run({ input: { folders, workers, limitRate, install, uninstall }, globals, ui, signal, say }) {
    if (install && uninstall) throw new UsageError("--install and --uninstall contradict one another");
    if (uninstall) return say(await takeAway(await contextFor(globals.context)));
    await using person = await connectAs(globals);
    if (install) return say(await installUnit(await ensureServingDevice(person), folders, workers, limitRate));
    const named = Object.fromEntries(folders.map(({ catalog, root }) => [catalog, { root, dotfiles: false }]));
    using doing = showDoing(ui, "beginning to serve");
    const limit = limitRate === undefined ? undefined : limitRate / workers;
    await using agent = await serveHere(person, globals, { signal, ui }, { more: named, limit });
    await using others = new AsyncDisposableStack();
    // It serves as a device of its own.
    await person[Symbol.asyncDispose]();
    doing[Symbol.dispose]();
    if (isWorker()) answerKeeper();
    else {
      // They find the folders indexed, and begin with that.
      others.use(await startWorkers(workers - 1, (what) => ui.note(what), signal));
      say({ served: [...agent.states()], processes: workers });
    }
    await stayUntilInterrupted(agent, signal);
  },
  show(said, ui) {
    if ("unit" in said) return showInstalled(said, ui);
    const { served, processes } = said;
    for (const { catalog, reason, files, leftOut } of served) {
      const left = leftOut > 0 ? `; ${leftOut} left out` : "";
      ui.out(
        reason === undefined
          ? `serving ${catalog}: ${counted(files, "file")}${left}`
          : `not serving ${catalog}: ${reason}`,
      );
    }
    if (served.length === 0) ui.note("nothing is shared from this machine yet; natster share DIR adds a folder");
    ui.note(processes === 1 ? "Ctrl-C ends it." : `${processes} processes serve; Ctrl-C ends them.`);
  },
});
