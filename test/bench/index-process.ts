/** Indexes a folder and tells what it took; a process of its own, so that its memory is its own too. */
import { readFileSync } from "node:fs";
import { indexFolder } from "@natster/files/index";

/** Seconds, megabytes and milliseconds. */
export interface Indexed {
  /** How many files all pages together list. */
  readonly files: number;
  readonly first: number;
  readonly again: number;
  readonly peak: number;
  readonly page: number;
}

const [root = "", cache = ""] = process.argv.slice(2);
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};

const started = performance.now();
const index = await indexFolder(root, { cache, follow: true });
const first = (performance.now() - started) / 1000;
const again = await seconds(() => index.rescan());
let [files, page] = [0, 0];
for (let after: string | undefined; ;) {
  const began = performance.now();
  const { entries, next } = index.page(after === undefined ? {} : { after });
  page = Math.max(page, performance.now() - began);
  files += entries.length;
  after = next;
  if (after === undefined) break;
}
// All threads together, at the most; Linux only.
const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
await index.close();
const indexed: Indexed = { files, first, again, peak, page };
process.send?.(indexed);
process.disconnect?.();
