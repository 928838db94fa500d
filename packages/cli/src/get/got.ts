/** What `get` did, or would do, and how it says so. */
import * as z from "zod";
import { Failure } from "../failure.ts";
import { clean } from "../output/clean.ts";
import type { Ui } from "../output/ui.ts";
import { counted, duration, shortPath, size } from "../output/words.ts";

export const Got = z.strictObject({
  name: z.string(),
  /** The folder, or for one file its path. */
  to: z.string(),
  dryRun: z.boolean(),
  /** What was done, or would be. */
  fetched: z.array(z.strictObject({ path: z.string(), size: z.int() })),
  /** Of these and of what was copied, paths where an older file made room. */
  replaced: z.array(z.string()),
  /** Paths of files that were there under another name, and were copied on this machine. */
  copied: z.array(z.string()),
  deleted: z.array(z.string()),
  /** What stays as it was changed on this machine; in the catalog it may have changed as well, or be gone. */
  kept: z.array(z.strictObject({ path: z.string(), changed: z.enum(["here", "both", "gone"]) })),
  /** How many files were fetched before, and are in the catalog no more; none where they are deleted. */
  gone: z.int(),
  /** How many files were there already. */
  unchanged: z.int(),
  failed: z.array(
    z.strictObject({
      path: z.string(),
      reason: z.string(),
      /** What stands on this machine where a folder is wanted. */
      inTheWay: z.string().optional(),
    }),
  ),
  bytes: z.int(),
  /** Of these bytes, those that an interrupted run had left. */
  resumed: z.int(),
  seconds: z.number(),
});
export type Got = z.output<typeof Got>;

/** Nothing yet, of what goes by this name and to this place. */
export const nothing = (name: string, to: string, dryRun: boolean): Got => ({
  name,
  to,
  dryRun,
  fetched: [],
  replaced: [],
  copied: [],
  deleted: [],
  kept: [],
  gone: 0,
  unchanged: 0,
  failed: [],
  bytes: 0,
  resumed: 0,
  seconds: 0,
});

/** Of fewer bytes a rate says more about the way there than about them. */
const worthRate = 1_000_000;

/** Says it in a line, with a line more for each file that needs somebody's eye. */
export function showGot(got: Got, ui: Ui): void {
  const { name, to, dryRun, kept, failed, fetched, replaced, copied, deleted, bytes, resumed, seconds } = got;
  if (dryRun) return showPlan(got, ui);
  if (ui.quiet) return;
  for (const { path, reason } of failed) ui.note(`failed: ${clean(path)}: ${reason}`);
  showKept(got, ui, "kept");
  const came = bytes - resumed;
  const rate = came >= worthRate && seconds > 0 ? ` at ${size(came / seconds)}/s` : "";
  const done = [
    ...(fetched.length > 0
      ? [`${counted(fetched.length, "file")}, ${size(bytes)}${rate} in ${duration(seconds)}`]
      : []),
    ...(resumed > 0 ? [`${size(resumed)} of it had come before`] : []),
    ...(replaced.length > 0 ? [`${replaced.length} in place of older ones`] : []),
    ...(copied.length > 0 ? [`${counted(copied.length, "file")} copied from here`] : []),
    ...(deleted.length > 0 ? [`${counted(deleted.length, "file")} deleted`] : []),
  ];
  const except = [...(kept.length > 0 ? ["what you changed"] : []), ...(failed.length > 0 ? ["what failed"] : [])].join(
    " and ",
  );
  const facts = [...done, ...thereAlready(got)].join("; ");
  const outcome = done.length > 0 ? `: ${facts}` : except ? "" : ", and nothing has changed";
  const isEmpty = facts === "" && !except;
  ui.out(
    isEmpty ? `${name} has no files` : `${name} is in ${shortPath(to)}${except && `, but for ${except}`}${outcome}`,
  );
  showGone(got, ui);
}

function showPlan(got: Got, ui: Ui): void {
  const { fetched, replaced, copied, deleted, failed, bytes } = got;
  const verb = (path: string, otherwise: string) => (replaced.includes(path) ? "would replace" : otherwise);
  for (const { path, size: of } of fetched) ui.out(`${verb(path, "would get")} ${clean(path)}  ${size(of)}`);
  for (const path of copied) ui.out(`${verb(path, "would copy")} ${clean(path)}, which is here under another name`);
  for (const path of deleted) ui.out(`would delete ${clean(path)}`);
  for (const { path, reason } of failed) ui.note(`would fail: ${clean(path)}: ${reason}`);
  showKept(got, ui, "would keep");
  ui.out([`${counted(fetched.length, "file")} to fetch, ${size(bytes)}`, ...thereAlready(got)].join("; "));
  showGone(got, ui);
}

const thereAlready = ({ unchanged }: Got): string[] =>
  unchanged > 0 ? [`${unchanged.toLocaleString("en")} there already`] : [];

function showKept({ kept }: Got, ui: Ui, verb: string): void {
  for (const { path, changed } of kept) ui.note(`${verb}: ${clean(path)}: ${why[changed]}`);
  if (kept.length > 0 && kept.every(({ changed }) => changed === "here")) ui.note("--force replaces what was changed");
}

/** Why a file stays. */
const why: Readonly<Record<Got["kept"][number]["changed"], string>> = {
  here: "it was changed here",
  both: "it is not what came from there, and the catalog has another",
  gone: "it was changed here, and the catalog has it no more",
};

function showGone({ gone, name }: Got, ui: Ui): void {
  if (gone > 0)
    ui.note(`${counted(gone, "file")} here ${gone === 1 ? "is" : "are"} no more in ${name}; --prune deletes`);
}

/** Throws `Failure` where not all is as the catalog has it: what failed, and what has changed on both sides. */
export function checkAll({ name, dryRun, failed, kept }: Got): void {
  if (dryRun) return;
  const [first] = failed;
  if (first) {
    const inTheWay = failed.find((each) => each.inTheWay !== undefined)?.inTheWay;
    throw new Failure(`${counted(failed.length, "file")} could not be fetched`, {
      cause: new Error(`${clean(first.path)}: ${first.reason}`),
      next:
        inTheWay === undefined
          ? "the same again, which fetches only those"
          : `move ${shortPath(inTheWay)} away, then the same again, which fetches only those`,
    });
  }
  const both = kept.filter(({ changed }) => changed !== "here").length;
  if (both === 0) return;
  const [is, it] = both === 1 ? ["stays", "it"] : ["stay", "them"];
  throw new Failure(`${counted(both, "file")} of yours ${is}, and ${name} has changed there`, {
    next: `move ${it} away, or the same with --force, which replaces ${it}`,
  });
}
