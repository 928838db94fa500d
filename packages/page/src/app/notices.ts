/** What happened, for those who look elsewhere: one after another, each until it was read or its time is over. */
import { useSyncExternalStore } from "react";

export interface Told {
  readonly id: number;
  readonly tone: "news" | "good" | "wrong";
  readonly text: string;
  /** Where it leads. */
  readonly link?: string;
  /** What it is about: what is newer takes the place of what was told of the same. */
  readonly about?: string;
}

/** How many are shown at once; others wait for their turn. */
export const mostShown = 3;
/** What went wrong stays until it was read. */
const shownFor = 7_000;

let told: readonly Told[] = [];
let last = 0;
const watchers = new Set<() => void>();

/** Tells something. What is told already, word for word, is not told twice. */
export function tell(notice: Omit<Told, "id">): void {
  if (told.some(({ text, tone }) => text === notice.text && tone === notice.tone)) return;
  const id = ++last;
  const others = told.filter(({ about }) => about === undefined || about !== notice.about);
  become([...others, { ...notice, id }]);
}

/** Takes one away. */
export const dismiss = (id: number): void => become(told.filter((each) => each.id !== id));

/** Those that are shown now. */
export const shownNow = (): readonly Told[] => told.slice(0, mostShown);

/** The same, live. */
export function useNotices(): readonly Told[] {
  useSyncExternalStore(watch, () => told);
  return shownNow();
}

const timed = new Set<number>();

function become(next: readonly Told[]): void {
  told = next;
  // A notice's time begins when it is seen, not while it waits behind others.
  for (const { id, tone } of shownNow()) {
    if (tone === "wrong" || timed.has(id)) continue;
    timed.add(id);
    setTimeout(() => {
      timed.delete(id);
      dismiss(id);
    }, shownFor);
  }
  for (const watcher of watchers) watcher();
}

function watch(changed: () => void): () => void {
  watchers.add(changed);
  return () => watchers.delete(changed);
}
