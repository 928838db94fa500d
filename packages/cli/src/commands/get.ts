import { Handle } from "@natster/contracts";
import { notices } from "@natster/person";
import { readCode } from "@natster/trust";
import * as z from "zod";
import { defineCommand, type Globals } from "../define.ts";
import { Failure, UsageError } from "../failure.ts";
import { getFile } from "../get/file.ts";
import { checkAll, Got, showGot } from "../get/got.ts";
import { getTree } from "../get/tree.ts";
import { type Far, type Progress, showProgress } from "../output/progress.ts";
import type { Ui } from "../output/ui.ts";
import { counted, fingerprint, size } from "../output/words.ts";
import { fileOrFolder, openShelf, type Shelf, takenBack, whyCutOff } from "../system/catalog.ts";
import { type Connected, connectAs } from "../system/connect.ts";
import { isCode, redeemCode, type RedeemOptions } from "../system/redeem-code.ts";
import { tellOfWaiting } from "../system/waiting.ts";
import { type Reference, ReferenceTyped } from "../system/reference.ts";
import { limitRate, RateTyped } from "../rate.ts";
import { PathTyped } from "../typed.ts";

/** A catalog or something in it, or in their place a link or a code. */
const WhatTyped = z.string().transform((text, context) => {
  if (isCode(text)) return { code: text };
  const reference = ReferenceTyped.safeParse(text);
  if (reference.success) return reference.data;
  for (const { message } of reference.error.issues) context.addIssue(message);
  return z.NEVER;
});

export default defineCommand({
  about:
    "Fetch a file, a folder or a whole catalog. Run again, it fetches what is missing or has changed, and goes on where an interruption left off; a file has its name only when all of it is there and true. What you changed in the copy stays, and is named; the exit code is 1 where the catalog has changed it too.",
  arguments: [
    ["<what>", "what to fetch: @alice/photos, @alice/photos/2026, photos/a.jpg, or a link that somebody shared"],
    ["[to]", "the folder, or for one file its new path"],
  ],
  options: [
    ["-n, --dry-run", "say what would be fetched"],
    ["-w, --watch", "go on, and fetch what changes as it changes"],
    ["--force", "replace what was changed here, which stays otherwise"],
    ["--prune", "delete what was fetched before and is there no more"],
    limitRate("fetch"),
    ["--handle <handle>", "with a link, for a new account: the name that people know you by"],
  ],
  completes: "catalogs",
  examples: [
    ["natster get @alice/photos", "into ./photos"],
    [
      "natster get 'https://files.example.org/#code=S7KQ2M4T-…'",
      "redeems the link first, and makes an account where there is none",
    ],
    ["natster get @alice/photos/2026 ~/Pictures/2026", "one folder of it"],
    ["natster get @alice/photos/a.jpg .", "one file"],
    ["natster get @alice/photos --watch --prune", "an exact copy, for as long as it runs"],
  ],
  input: z.object({
    what: WhatTyped,
    to: PathTyped.optional(),
    dryRun: z.boolean().default(false),
    watch: z.boolean().default(false),
    prune: z.boolean().default(false),
    force: z.boolean().default(false),
    limitRate: RateTyped.optional(),
    handle: Handle.optional(),
  }),
  output: Got,
  documents: "many",
  async run({
    input: { what: typed, to, dryRun, watch, prune, force, limitRate: limit, handle },
    globals,
    ui,
    signal,
    say,
  }) {
    if (watch && dryRun) throw new UsageError("--watch and --dry-run contradict one another");
    const { what, context } =
      "code" in typed
        ? await redeemShare({ ...typed, handle }, globals, ui, signal)
        : { what: typed, context: globals.context };
    await using person = await connectAs({ ...globals, context });
    const shelf = await openShelf(person, what, ui, { limit });
    const file = what.path === "" ? undefined : await fileOrFolder(shelf, what.path, signal);
    // Asked at each run: the same name may be of another catalog by then.
    const since = async () => (await person.library.catalog({ owner: shelf.owner, catalog: what.catalog })).since;
    const changes = watch && !file ? changesOf(person, shelf, what, signal) : undefined;
    if (changes) void tellOfWaiting(person, ui);
    for (let more = true; more;) {
      // Listened for from now on, so that what happens while it is fetched is not missed.
      const change = changes?.next();
      change?.catch(() => {});
      let progress: Progress | undefined;
      const show = (total: Far) => (progress ??= showProgress(ui, total));
      const fetching = { dryRun, prune, force, signal, show };
      let got: Got;
      try {
        got = file ? await getFile(shelf, file, to, fetching) : await getTree(shelf, what, to, await since(), fetching);
        progress?.[Symbol.dispose]();
      } catch (error) {
        progress?.[Symbol.dispose]();
        throw stopped(await whyCutOff(person, shelf, what, error), progress, ui);
      }
      say(got);
      // Whoever follows is told, and goes on.
      if (changes) ui.note("watching; Ctrl-C ends it");
      else checkAll(got);
      more = change !== undefined && !(await change).done;
    }
    signal.throwIfAborted();
  },
  show: showGot,
});

/** Redeems a link, so that what it shares can be fetched in one go. Throws `Failure` where it shares nothing. */
async function redeemShare(
  options: RedeemOptions,
  globals: Globals,
  ui: Ui,
  signal: AbortSignal,
): Promise<{ readonly what: Reference; readonly context: string }> {
  const code = readCode(options.code);
  // What cannot be read is named where it is redeemed.
  if (code && code.purpose !== "share") {
    throw new Failure("that link shares nothing to fetch", { next: "natster redeem LINK" });
  }
  const { context, joined, account, shared } = await redeemCode(options, globals, signal);
  if (joined) ui.note(`you have an account, ${fingerprint(account)}, as context ${context}; its key was made here`);
  if (!shared) throw new Failure("that link shares nothing to fetch", { next: "natster ls" });
  ui.note(`${shared.name} is yours to read; natster get ${shared.name} fetches what is new`);
  return { context, what: { owner: { account: shared.owner }, catalog: shared.catalog, path: "" } };
}

/** Says what stays of a transfer that was stopped, and gives back why it was. */
function stopped(error: unknown, progress: Progress | undefined, ui: Ui): unknown {
  if (progress && progress.far.bytes < progress.total.bytes) {
    const { far, total } = progress;
    ui.note(
      `${size(far.bytes)} of ${size(total.bytes)} are here, ${far.files} of ${counted(total.files, "file")} whole; the same again goes on from there`,
    );
  }
  return error;
}

/** Tells whenever the catalog has another revision, until somebody interrupts. Throws `Failure` where it is taken back. */
async function* changesOf(
  person: Connected,
  shelf: Shelf,
  what: Reference,
  signal: AbortSignal,
): AsyncGenerator<number> {
  const { owner, reader } = shelf;
  let seen = reader.revision;
  signal.addEventListener("abort", () => void person.connection.close(), { once: true });
  for await (const notice of notices(person)) {
    if (!("catalog" in notice) || notice.owner !== owner || notice.catalog !== what.catalog) continue;
    if (notice.kind !== "presence") {
      const gone = await takenBack(person, shelf, what, notice.sequence);
      if (gone) throw gone;
      continue;
    }
    if (notice.revision === undefined || notice.revision === seen) continue;
    seen = notice.revision;
    yield seen;
  }
  if (!signal.aborted)
    throw (await person.ended) ?? new Failure("the connection has ended", { next: "natster doctor" });
}
