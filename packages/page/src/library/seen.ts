/** Which catalogs somebody has looked into, and at which revision: what is newer is marked. */
import { useSyncExternalStore } from "react";
import { kept } from "../app/kept.ts";

type Seen = Readonly<Record<string, number>>;

const watchers = new Set<() => void>();
let read: { text: string | null; seen: Seen } | undefined;

/** What was seen, by `owner/catalog`; the same value until it changes. */
function seen(): Seen {
  const text = kept.seen.get();
  if (read?.text !== text) read = { text, seen: parsed(text) };
  return read.seen;
}

function parsed(text: string | null): Seen {
  try {
    return JSON.parse(text ?? "{}") as Seen;
  } catch {
    return {};
  }
}

/** Somebody looks into a catalog. */
export function look(owner: string, catalog: string, revision = 0): void {
  const key = `${owner}/${catalog}`;
  if ((seen()[key] ?? -1) >= revision) return;
  kept.seen.set(JSON.stringify({ ...seen(), [key]: revision }));
  for (const watcher of watchers) watcher();
}

/** Whether there is something in a catalog that nobody has looked at in this browser. */
export function useUnseen(): (owner: string, catalog: string, revision?: number) => boolean {
  const known = useSyncExternalStore(watch, seen);
  return (owner, catalog, revision = 0) =>
    (known[`${owner}/${catalog}`] ?? -1) < revision || !(`${owner}/${catalog}` in known);
}

function watch(changed: () => void): () => void {
  watchers.add(changed);
  // Another tab looked.
  addEventListener("storage", changed);
  return () => {
    watchers.delete(changed);
    removeEventListener("storage", changed);
  };
}
