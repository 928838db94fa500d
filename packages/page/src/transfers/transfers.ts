/** The downloads of this browser: kept across visits, run one after another, each by one tab at a time. */
import type { FileEntry } from "@natster/contracts/files";
import { tell } from "../app/notices.ts";
import { openStore } from "../engine/database.ts";
import type { EngineClient } from "../engine/connect.ts";
import { EngineError, isCancelled } from "../engine/engine-error.ts";
import { callBy, type Remote } from "../engine/remote.ts";
import { explained } from "../i18n/explained.ts";
import { textNow } from "../i18n/spoken.ts";
import { scriptUrl } from "../trusted.ts";
// oxlint-disable-next-line import/default -- the bundler gives it one
import workerUrl from "../workers/transfer-worker.ts?worker&url";
import { isZip, leftOf, placeOf, savableOf, type Savable, type Transfer } from "./transfer.ts";
import { saveStaged } from "./save.ts";

const store = openStore<Transfer>("transfers");
const channel = new BroadcastChannel("natster-transfers");
const watchers = new Set<() => void>();
let list: readonly Transfer[] = [];
/** What this tab is running, and how to stop it. */
const running = new Map<string, AbortController>();
let worker: Remote | undefined;

export const transfers = (): readonly Transfer[] => list;
export function watchTransfers(changed: () => void): () => void {
  watchers.add(changed);
  return () => watchers.delete(changed);
}

/** How far a download has come, told by the tab that runs it: what is kept changes less often. */
interface Came {
  readonly id: string;
  readonly done: number;
}

channel.addEventListener("message", ({ data }: MessageEvent<"changed" | Came>) => {
  if (data === "changed") void load();
  else came(data);
});

/** Reads what is kept. What ran in a tab that is gone is paused. */
export async function load(): Promise<void> {
  const held = new Set((await navigator.locks.query()).held?.map(({ name }) => name));
  const kept = await store.all();
  const own = new Map(list.filter(({ id }) => running.has(id)).map((each) => [each.id, each]));
  list = kept
    .map((each) => {
      const mine = own.get(each.id);
      if (mine) return mine;
      const isRun = each.state === "running" || each.state === "waiting";
      return isRun && !held.has(lockOf(each.id)) ? { ...each, state: "paused" as const } : each;
    })
    .toSorted((one, other) => other.since - one.since);
  changed();
}

/** Takes in another download and begins with it. */
export async function add(engine: EngineClient, transfer: Transfer): Promise<void> {
  await keep(transfer);
  void navigator.storage.persist();
  run(engine, transfer.id);
}

/** Runs a download, or goes on with it; when another one runs, it waits for its turn. */
export function run(engine: EngineClient, id: string): void {
  if (running.has(id)) return;
  const stop = new AbortController();
  running.set(id, stop);
  const turn = async () => {
    await update(id, { state: "waiting" });
    // Its own lock says that it is run; the common one that it is its turn.
    await navigator.locks.request(lockOf(id), { signal: stop.signal }, () =>
      navigator.locks.request("natster-transfer-turn", { signal: stop.signal }, () =>
        carryOut(engine, id, stop.signal),
      ),
    );
  };
  turn()
    .catch(async (error: unknown) => {
      if (stop.signal.aborted || isCancelled(error)) return;
      const why = explainedHere(error);
      await update(id, { state: "failed", why });
      tell({ tone: "wrong", text: why, link: "#/transfers", about: id });
    })
    .finally(() => running.delete(id));
}

/** Stops a download where it is; it can be gone on with. */
export async function pause(id: string): Promise<void> {
  stopRunning(id);
  await update(id, { state: "paused" });
}

/** Gives a download up, and what has come of it. */
export async function remove(engine: EngineClient, id: string): Promise<void> {
  const transfer = find(id);
  stopRunning(id);
  list = list.filter((each) => each.id !== id);
  changed();
  await store.remove(id);
  channel.postMessage("changed");
  if (!transfer) return;
  await discardAll(engine, transfer, leftOf({ ...transfer, finished: transfer.into ? transfer.finished : 0 }));
  if (isZip(transfer)) await staging(engine).call("discard", savableOf(transfer)?.staged);
}

async function carryOut(engine: EngineClient, id: string, signal: AbortSignal): Promise<void> {
  const before = find(id);
  // What a ZIP is made of is checked in the same go: other downloads may have shared it, and taken it away, meanwhile.
  await update(id, { state: "running", ...(before && isZip(before) && { finished: 0 }) });
  for (let transfer = find(id); transfer; transfer = find(id)) {
    const [file] = leftOf(transfer);
    if (!file) break;
    await bring(engine, transfer, file, signal);
    const bytes = transfer.files.slice(0, transfer.finished + 1).reduce((sum, { size }) => sum + size, 0);
    await update(id, { finished: transfer.finished + 1, done: bytes });
  }
  const transfer = find(id);
  if (!transfer) return;
  const savable = savableOf(transfer);
  if (savable && isZip(transfer)) await pack(engine, transfer, savable, signal);
  if (savable) await saveStaged(savable);
  await update(id, { state: "done" });
  tell({ tone: "good", text: textNow().transfers.finished(transfer.title), link: "#/transfers", about: id });
}

/** Brings one file to its place. */
async function bring(engine: EngineClient, transfer: Transfer, file: FileEntry, signal: AbortSignal): Promise<void> {
  const before = transfer.files.slice(0, transfer.finished).reduce((sum, { size }) => sum + size, 0);
  const { address, into, id } = transfer;
  let told = 0;
  await staging(engine).call(
    "stage",
    { address, file },
    {
      signal,
      tell: (bytes: number) => {
        // A screen shows no more than this, and the list is drawn anew for each.
        if (performance.now() - told < 100 && bytes < file.size) return;
        told = performance.now();
        const now = { id, done: before + bytes };
        came(now);
        channel.postMessage(now);
      },
    },
  );
  if (into) await staging(engine).call("place", { file, into, path: placeOf(transfer, file) });
}

function came({ id, done }: Came): void {
  list = list.map((each) => (each.id === id ? { ...each, done } : each));
  changed();
}

/** Makes one ZIP of files that are all here, each in the folder that it lies in. */
async function pack(engine: EngineClient, transfer: Transfer, { staged }: Savable, signal: AbortSignal): Promise<void> {
  const files = transfer.files.map((file) => ({ file, path: placeOf(transfer, file) }));
  await staging(engine).call("pack", { files, as: staged }, { signal });
  await discardAll(engine, transfer, transfer.files);
}

/** Gives up what is staged of a download, but for content that is on its way for another one too. */
async function discardAll(engine: EngineClient, { id }: Transfer, files: readonly FileEntry[]): Promise<void> {
  const others = new Set(
    list.filter((each) => each.id !== id).flatMap(({ files }) => files.map(({ digest }) => digest)),
  );
  for (const { digest } of files) if (!others.has(digest)) await staging(engine).call("discard", digest);
}

function staging(engine: EngineClient): Remote {
  if (worker) return worker;
  const { port1, port2 } = new MessageChannel();
  const started = new Worker(scriptUrl(new URL(workerUrl, import.meta.url)), { type: "module" });
  started.postMessage("serve", [port2, engine.another()]);
  worker = callBy(port1);
  return worker;
}

const lockOf = (id: string): string => `natster-transfer-${id}`;
const find = (id: string): Transfer | undefined => list.find((each) => each.id === id);

function stopRunning(id: string): void {
  running.get(id)?.abort(new DOMException("called off", "AbortError"));
  running.delete(id);
}

async function update(id: string, change: Partial<Transfer>): Promise<void> {
  const transfer = find(id);
  if (transfer) await keep({ ...transfer, ...change });
}

async function keep(transfer: Transfer): Promise<void> {
  list = [transfer, ...list.filter(({ id }) => id !== transfer.id)].toSorted((one, other) => other.since - one.since);
  changed();
  await store.put(transfer.id, transfer);
  channel.postMessage("changed");
}

function changed(): void {
  for (const watcher of watchers) watcher();
}

function explainedHere(error: unknown): string {
  const t = textNow().transfers;
  if (error instanceof EngineError && error.reason === "no_room") return t.room;
  if (error instanceof EngineError && error.reason === "digest_mismatch") return t.mismatch;
  return explained(error);
}
