/** What is in a folder, and where links in it lead: never outside the root. */
import { type Dirent, lstatSync, opendirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { isUtf8 } from "node:buffer";
import type { IgnoreRules } from "./ignore-rules.ts";
import { rulesIn } from "./ignore-rules.ts";
import { below } from "./indexed-file.ts";
import { relativeTo } from "./inside.ts";
import { codeOf, type OmissionReason } from "./omission.ts";

/** A folder that is to be read. */
export interface Folder {
  /** What readers see; "" is the root. */
  readonly path: string;
  /** Its real path below the root; another one where a link led to it. */
  readonly at: string;
  /** The rules in force in it. */
  readonly rules: IgnoreRules;
  /** It was reached through a link. */
  readonly linked: boolean;
}

/** What the system has under a name. */
export type Kind = "file" | "folder" | "link" | "special";

/** What a name in a folder comes to. */
export type Found =
  | { readonly is: "file"; readonly at: string }
  | { readonly is: "folder"; readonly folder: Folder }
  | { readonly is: "omitted"; readonly reason: OmissionReason }
  | { readonly is: "hidden" };

/** Longer paths are refused, as in the contract. */
const longestPath = 4096;

/** A name in a folder, or the bytes of one that is not UTF-8. */
export type Named = { readonly name: string; readonly kind: Kind } | { readonly raw: Buffer };

/** What stands in a name for bytes that are not UTF-8, and now and then for itself. */
const replacement = "\uFFFD";

/** The names in a folder as they come, without holding all of them. */
export function* namesIn(path: string): Generator<Named, void> {
  let isDoubtful = false;
  {
    using folder = opendirSync(path, { bufferSize: 256 });
    for (let entry = folder.readSync(); entry; entry = folder.readSync()) {
      if (entry.name.includes(replacement)) isDoubtful = true;
      else yield { name: entry.name, kind: kindOf(entry) };
    }
  }
  if (isDoubtful) yield* doubtfulIn(path);
}

/** Those that were passed over, read again as bytes: each of these is memory outside of the heap, dear by the million. */
function* doubtfulIn(path: string): Generator<Named, void> {
  // Node gives names as bytes where it is asked to; its types for `opendirSync` do not know that.
  using folder = opendirSync(path, { encoding: "buffer" as BufferEncoding, bufferSize: 256 });
  for (let entry = folder.readSync(); entry; entry = folder.readSync()) {
    const { name: raw } = entry as unknown as { readonly name: Buffer };
    const name = raw.toString();
    if (!name.includes(replacement)) continue;
    yield isUtf8(raw) ? { name, kind: kindOf(entry) } : { raw };
  }
}

/** What kind of thing a directory entry, or what `lstat` tells, is. */
function kindOf(entry: Pick<Dirent, "isFile" | "isDirectory" | "isSymbolicLink">): Kind {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() ? "link" : "special";
}

/** What a name in a folder is to a reader. `inRoot` are the rules in the root. Throws what the system says. */
export function find(name: string, kind: Kind, folder: Folder, inRoot: IgnoreRules, root: string): Found {
  const path = below(folder.path, name);
  if (path.length > longestPath) return { is: "omitted", reason: "name" };
  const at = below(folder.at, name);
  if (kind === "link") return follow(at, path, folder, inRoot, root);
  if (folder.rules.hides(at, kind === "folder")) return { is: "hidden" };
  if (kind === "special") return { is: "omitted", reason: "special" };
  if (kind === "file") return { is: "file", at };
  return { is: "folder", folder: { path, at, rules: folder.rules.in(at), linked: folder.linked } };
}

/** Where a link leads, or why it is not followed. */
function follow(link: string, path: string, from: Folder, inRoot: IgnoreRules, root: string): Found {
  const target = targetOf(link, from, inRoot, root);
  const isFolder = typeof target === "object" && target.kind === "folder";
  if (from.rules.hides(link, isFolder)) return { is: "hidden" };
  if (typeof target === "string") return { is: "omitted", reason: target };
  const { at, rules } = target;
  return isFolder ? { is: "folder", folder: { path, at, rules: rules.in(at), linked: true } } : { is: "file", at };
}

function targetOf(
  link: string,
  from: Folder,
  inRoot: IgnoreRules,
  root: string,
): { at: string; kind: "file" | "folder"; rules: IgnoreRules } | OmissionReason {
  let real: string;
  try {
    real = realpathSync.native(join(root, link));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "dangling";
    if (codeOf(error) === "ELOOP") return "cycle";
    throw error;
  }
  const at = relativeTo(root, real);
  if (at === undefined) return "outside";
  const kind = kindOf(statSync(real));
  if (kind === "folder") {
    if (at === "" || from.at === at || from.at.startsWith(`${at}/`)) return "cycle";
    if (from.linked) return "nested_link";
  }
  // A link shows again what is in the folder; it does not uncover what the owner's rules hide there.
  const rules = rulesIn(inRoot, at.slice(0, Math.max(0, at.lastIndexOf("/"))));
  if (!rules || rules.hides(at, kind === "folder")) return "hidden_target";
  return kind === "file" || kind === "folder" ? { at, kind, rules } : "special";
}

/** What is at a path, without following a link; undefined where nothing is. */
export function kindAt(path: string): Kind | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat && kindOf(stat);
}
