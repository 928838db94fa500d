/** Asks the thread that keeps an index, and hears what it says by itself. */
import { Worker } from "node:worker_threads";
import type { IndexerEvents, IndexerOptions } from "./indexer.ts";
import type { ScanProgress, ScanReport } from "./scan.ts";

/** With what the thread begins. */
export interface IndexerStart {
  readonly options: IndexerOptions;
  /** Where the clock stands still. */
  readonly now: number | undefined;
}

/** What the thread is asked. */
export interface ToIndexer {
  readonly id: number;
  readonly do: "rescan" | "look" | "close";
  readonly path?: string;
}

/** What it says. */
export type FromIndexer =
  | { readonly is: "revision"; readonly revision: number }
  | { readonly is: "progress"; readonly progress: ScanProgress }
  | { readonly is: "trouble"; readonly error: unknown }
  | { readonly is: "done"; readonly id: number; readonly result: ScanReport | boolean | void }
  | { readonly is: "failed"; readonly id: number; readonly error: unknown };

interface Asked {
  readonly resolve: (result: ScanReport | boolean | void) => void;
  readonly reject: (error: unknown) => void;
}

/** The thread, as the rest of the process sees it. */
export class IndexThread {
  readonly #worker: Worker;
  readonly #asked = new Map<number, Asked>();
  readonly #ended: Promise<void>;
  /** Why nobody is answered any more. */
  #over: unknown;
  #last = 0;

  constructor(start: IndexerStart, { onRevision, onProgress, onTrouble }: IndexerEvents) {
    const resourceLimits = { maxYoungGenerationSizeMb: 8 };
    this.#worker = new Worker(new URL("./index-worker.ts", import.meta.url), { workerData: start, resourceLimits });
    this.#worker.on("message", (said: FromIndexer) => {
      if (said.is === "revision") onRevision(said.revision);
      else if (said.is === "progress") onProgress(said.progress);
      else if (said.is === "trouble") onTrouble(said.error);
      else if (said.is === "done") this.#take(said.id)?.resolve(said.result);
      else this.#take(said.id)?.reject(said.error);
    });
    this.#ended = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    this.#worker.once("error", (error) => this.#end(error));
    void this.#ended.then(() => this.#end(new Error("the index is closed")));
    // Following a folder is no reason for a process to go on.
    this.#worker.unref();
  }

  async rescan(): Promise<ScanReport> {
    const report = await this.#ask("rescan");
    if (typeof report !== "object") throw new TypeError("a scan without a report");
    return report;
  }

  /** Looks at one path; tells whether a reader sees a difference. */
  look = async (path: string): Promise<boolean> => (await this.#ask("look", path)) === true;

  /** Ends the thread and the threads that it has; a scan that is under way fails. */
  async close(): Promise<void> {
    await this.#ask("close").catch(() => {});
    this.#worker.ref();
    await this.#ended;
  }

  #ask(what: ToIndexer["do"], path?: string): Promise<ScanReport | boolean | void> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) return reject(this.#over);
      const id = ++this.#last;
      this.#asked.set(id, { resolve, reject });
      this.#worker.ref();
      const asked: ToIndexer = { id, do: what, ...(path !== undefined && { path }) };
      this.#worker.postMessage(asked);
    });
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (this.#asked.size === 0) this.#worker.unref();
    return asked;
  }

  #end(error: unknown): void {
    this.#over ??= error;
    for (const id of this.#asked.keys()) this.#take(id)?.reject(error);
  }
}
