import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Handle } from "@natster/contracts";
import { FilePath } from "@natster/contracts/files";
import { download, mirror, type MirrorOptions, planMirror, type Step } from "@natster/files/download";
import { notices } from "@natster/person";
import { readCode } from "@natster/trust";
import * as z from "zod";
import { defineCommand, type Globals } from "../define.ts";
import { Failure, UsageError } from "../failure.ts";
import { clean } from "../output/clean.ts";
import { type Progress, showProgress } from "../output/progress.ts";
import type { Ui } from "../output/ui.ts";
import { counted, duration, fingerprint, size } from "../output/words.ts";
import { filesAt, openShelf, type Shelf } from "../system/catalog.ts";
import { type Connected, connectAs } from "../system/connect.ts";
import { isCode, redeemCode, type RedeemOptions } from "../system/redeem-code.ts";
import { type Reference, ReferenceTyped } from "../system/reference.ts";

const Got = z.strictObject({
  name: z.string(),
  to: z.string(),
  dryRun: z.boolean(),
  /** What was done, or would be. */
  fetched: z.array(z.strictObject({ path: z.string(), size: z.int() })),
  /** Paths of files that were there under another name, and were copied on this machine. */
  copied: z.array(z.string()),
  deleted: z.array(z.string()),
  /** How many files were there already. */
  unchanged: z.int(),
  failed: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  bytes: z.int(),
  seconds: z.number(),
});
type Got = z.output<typeof Got>;

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
    "Fetch a file, a folder or a whole catalog. Run again, it fetches what is missing or has changed, and goes on where an interruption left off; a file has its name only when all of it is there and true.",
  arguments: [
    ["<what>", "what to fetch: @alice/photos, @alice/photos/2026, photos/a.jpg, or a link that somebody shared"],
    ["[to]", "the folder, or for one file its new path"],
  ],
  options: [
    ["-n, --dry-run", "say what would be fetched"],
    ["-w, --watch", "go on, and fetch what changes as it changes"],
    ["--prune", "delete what was fetched before and is there no more"],
    ["--handle <handle>", "with a link, for a new account: the name that people know you by"],
  ],
  completes: "catalogs",
  examples: [
    ["natster get @alice/photos", "into ./photos"],
    [
      "natster get https://files.example.org/#code=S7KQ2M4T-…",
      "redeems the link first, and makes an account where there is none",
    ],
    ["natster get @alice/photos/2026 ~/Pictures/2026", "one folder of it"],
    ["natster get @alice/photos/a.jpg .", "one file"],
    ["natster get @alice/photos --watch --prune", "an exact copy, for as long as it runs"],
  ],
  input: z.object({
    what: WhatTyped,
    to: z.string().optional(),
    dryRun: z.boolean().default(false),
    watch: z.boolean().default(false),
    prune: z.boolean().default(false),
    handle: Handle.optional(),
  }),
  output: Got,
  documents: "many",
  async run({ input: { what: typed, to, dryRun, watch, prune, handle }, globals, ui, signal, say }) {
    if (watch && dryRun) throw new UsageError("--watch and --dry-run contradict one another");
    const { what, context } =
      "code" in typed
        ? await redeemShare({ ...typed, handle }, globals, ui, signal)
        : { what: typed, context: globals.context };
    await using person = await connectAs({ ...globals, context });
    const shelf = await openShelf(person, what, ui);
    const isFile = what.path !== "" && (await isOneFile(shelf, what, signal));
    const changes = watch && !isFile ? changesOf(person, shelf, what, signal) : undefined;
    do {
      let progress: Progress | undefined;
      const show = (total: { files: number; bytes: number }) => (progress ??= showProgress(ui, total));
      try {
        const got = isFile
          ? await getFile(shelf, what, to, dryRun, show, signal)
          : await getTree(shelf, what, to, { prune, signal }, dryRun, show);
        progress?.[Symbol.dispose]();
        say(got);
        checkAll(got);
      } finally {
        progress?.[Symbol.dispose]();
      }
      if (changes) ui.note("watching; Ctrl-C ends it");
    } while (changes && !(await changes.next()).done);
    signal.throwIfAborted();
  },
  show({ name, to, dryRun, fetched, copied, deleted, unchanged, failed, bytes, seconds }, ui) {
    if (dryRun) {
      for (const file of fetched) ui.out(`would get ${clean(file.path)}  ${size(file.size)}`);
      for (const path of deleted) ui.out(`would delete ${clean(path)}`);
      ui.out(`${counted(fetched.length, "file")} to fetch, ${size(bytes)}; ${unchanged} there already`);
      return;
    }
    for (const { path, reason } of failed) ui.note(`failed: ${clean(path)}: ${reason}`);
    const rate = seconds > 0 ? ` at ${size(bytes / seconds)}/s` : "";
    const more = [
      ...(copied.length > 0 ? [`${copied.length} were here under another name`] : []),
      ...(deleted.length > 0 ? [`${deleted.length} deleted`] : []),
      ...(unchanged > 0 ? [`${unchanged.toLocaleString("en")} there already`] : []),
    ];
    if (fetched.length + copied.length + deleted.length + failed.length === 0) {
      ui.out(`${name} is in ${to}, and nothing has changed`);
    } else {
      const what = `${counted(fetched.length, "file")}, ${size(bytes)}${rate} in ${duration(seconds)}, to ${to}`;
      ui.out([what, ...more].join("; "));
    }
  },
});

/** Redeems a link, so that what it shares can be fetched in one go. Throws `Failure` where it shares nothing. */
async function redeemShare(
  options: RedeemOptions,
  globals: Globals,
  ui: Ui,
  signal: AbortSignal,
): Promise<{ readonly what: Reference; readonly context: string }> {
  if (readCode(options.code)?.purpose !== "share") {
    throw new Failure("that link shares nothing to fetch", { next: "natster redeem LINK" });
  }
  const { context, joined, account, shared } = await redeemCode(options, globals, signal);
  if (joined) ui.note(`you have an account, ${fingerprint(account)}, as context ${context}; its key was made here`);
  if (!shared) throw new Failure("that link shares nothing to fetch", { next: "natster ls" });
  ui.note(`${shared.name} is yours to read; natster get ${shared.name} fetches what is new`);
  return { context, what: { owner: { account: shared.owner }, catalog: shared.catalog, path: "" } };
}

type Show = (total: { files: number; bytes: number }) => Progress;

const isOneFile = async (shelf: Shelf, { path }: Reference, signal: AbortSignal): Promise<boolean> =>
  (await filesAt(shelf, path, signal)).some((file) => file.path === path);

/** One file, which leaves nothing beside it. */
async function getFile(
  shelf: Shelf,
  { path }: Reference,
  to: string | undefined,
  dryRun: boolean,
  show: Show,
  signal: AbortSignal,
): Promise<Got> {
  const began = performance.now();
  const entry = (await filesAt(shelf, path, signal)).find((file) => file.path === path);
  if (!entry) throw new Failure(`there is no ${path} in ${shelf.name}`, { next: `natster ls ${shelf.name}` });
  const named = resolve(to ?? ".");
  const target =
    to === undefined || to.endsWith("/") || (await isDirectory(named)) ? join(named, basename(path)) : named;
  const there = await stat(target).catch(() => undefined);
  const same = there?.size === entry.size && Math.abs(there.mtimeMs - entry.modified) < 2;
  if (!same && !dryRun) {
    const progress = show({ files: 1, bytes: entry.size });
    const onProgress = ({ bytes }: { bytes: number }) => progress.update({ files: 0, bytes });
    await download(shelf.reader, entry, target, { signal, onProgress });
    progress.file(`got ${path}`);
  }
  return {
    name: shelf.name,
    to: dirname(target),
    dryRun,
    fetched: same ? [] : [{ path, size: entry.size }],
    copied: [],
    deleted: [],
    unchanged: same ? 1 : 0,
    failed: [],
    bytes: same ? 0 : entry.size,
    seconds: secondsSince(began),
  };
}

/** A folder, or all of it. */
async function getTree(
  shelf: Shelf,
  { catalog, path }: Reference,
  to: string | undefined,
  options: MirrorOptions,
  dryRun: boolean,
  show: Show,
): Promise<Got> {
  const began = performance.now();
  const folder = resolve(to ?? (path === "" ? catalog : basename(path)));
  const got: Got = {
    name: shelf.name,
    to: folder,
    dryRun,
    fetched: [],
    copied: [],
    deleted: [],
    unchanged: 0,
    failed: [],
    bytes: 0,
    seconds: 0,
  };
  const note = (step: Step, error?: Error) => {
    if (error || step.do === "refuse") {
      got.failed.push({ path: step.path, reason: error?.message ?? (step.do === "refuse" ? step.why : "") });
    } else if (step.do === "delete") got.deleted.push(step.path);
    else if (step.do === "copy") got.copied.push(step.path);
    else {
      got.fetched.push({ path: step.path, size: step.entry.size });
      got.bytes += step.entry.size;
    }
  };
  const all = { ...options, ...(path !== "" && { folder: FilePath.parse(path) }) };
  if (dryRun) {
    const plan = planMirror(shelf.reader, folder, all);
    for (let next = await plan.next(); ; next = await plan.next()) {
      if (next.done) return { ...got, unchanged: next.value.same };
      note(next.value);
    }
  }
  const { same } = await mirror(shelf.reader, folder, {
    ...all,
    onProgress: ({ files, ofFiles, bytes, ofBytes }) =>
      show({ files: ofFiles, bytes: ofBytes }).update({ files, bytes }),
    onStep(step, error) {
      note(step, error);
      const bytes = step.do === "download" ? step.entry.size : 0;
      const did = { download: "got", copy: "had", refuse: "refused", delete: "deleted" }[step.do];
      show({ files: 1, bytes }).file(error ? `failed ${step.path}: ${error.message}` : `${did} ${step.path}`);
    },
  });
  return { ...got, unchanged: same, seconds: secondsSince(began) };
}

/** Tells whenever the catalog has another revision, until somebody interrupts. */
async function* changesOf(
  person: Connected,
  { owner, reader }: Shelf,
  { catalog }: Reference,
  signal: AbortSignal,
): AsyncGenerator<number> {
  let seen = reader.revision;
  signal.addEventListener("abort", () => void person.connection.close(), { once: true });
  for await (const notice of notices(person)) {
    if (notice.kind !== "presence" || notice.owner !== owner || notice.catalog !== catalog) continue;
    if (notice.revision === undefined || notice.revision === seen) continue;
    seen = notice.revision;
    yield seen;
  }
}

function checkAll({ failed }: Got): void {
  const [first] = failed;
  if (!first) return;
  throw new Failure(`${counted(failed.length, "file")} could not be fetched`, {
    cause: new Error(`${clean(first.path)}: ${first.reason}`),
    next: "the same again, which fetches only those",
  });
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const secondsSince = (began: number): number => Math.round(performance.now() - began) / 1_000;
