/** Looks at files on a few threads. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { look, type Looked, type Looking } from "./look.ts";

const fewFiles = 32;
const fewBytes = 1024 * 1024;

interface Job {
  readonly looking: Looking;
  readonly resolve: (looked: Looked[]) => void;
  readonly reject: (error: unknown) => void;
}

/** After so many milliseconds without work a thread ends: each holds some fifteen megabytes. */
const idleAtMost = 5_000;

/** A few threads that start when there is work, and end when there has been none for a while. */
export class LookPool implements AsyncDisposable {
  readonly size: number;
  readonly #idleAtMost: number;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  readonly #waiting: Job[] = [];
  #closed = false;

  constructor(size: number = Math.min(4, availableParallelism()), idle: number = idleAtMost) {
    this.size = size;
    this.#idleAtMost = idle;
  }

  /** How many there are now. */
  get threads(): number {
    return this.#idle.length + this.#busy.size;
  }

  /** Looks at a batch. Rejects only where the pool itself is closed or broken. */
  async look(looking: Looking): Promise<Looked[]> {
    // A few small files are looked at sooner than a thread has started.
    const isSmall = this.#busy.size === 0 && looking.paths.length <= fewFiles;
    return await this.#all(looking, isSmall ? look(looking, { bytes: fewBytes, must: false }) : undefined);
  }

  /** Gives a batch to a thread, and what that one left to as many as there are. */
  async #all(looking: Looking, before?: Looked[]): Promise<Looked[]> {
    const looked = before ?? (await this.#give(looking));
    const { length } = looking.paths;
    if (looked.length === length) return looked;
    const share = Math.ceil((length - looked.length) / this.size);
    const rest: Promise<Looked[]>[] = [];
    for (let from = looked.length; from < length; from += share) {
      const { paths, known, quiet } = looking;
      const part = { paths: paths.slice(from, from + share), known: known.slice(from, from + share), quiet };
      rest.push(this.#all(part));
    }
    return [...looked, ...(await Promise.all(rest)).flat()];
  }

  /** Ends the threads, whatever they are at. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.reject(closed());
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #give(looking: Looking): Promise<Looked[]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed());
      this.#waiting.push({ looking, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    const worker =
      this.#waiting.length === 0 ? undefined : (this.#idle.pop() ?? (this.threads < this.size && this.#start()));
    if (!worker) return;
    const job = this.#waiting.shift();
    if (!job) return;
    this.#busy.set(worker, job);
    worker.ref();
    worker.postMessage(job.looking);
  }

  #start(): Worker {
    // What it makes is gone with the next batch: a large nursery would only be memory that nobody uses twice.
    const resourceLimits = { maxYoungGenerationSizeMb: 4 };
    const worker = new Worker(new URL("./look-worker.ts", import.meta.url), { resourceLimits });
    const endIfIdle = () => void (this.#unlist(worker) && worker.terminate());
    let idle: NodeJS.Timeout | undefined;
    worker.on("message", (looked: Looked[]) => {
      this.#take(worker)?.resolve(looked);
      worker.unref();
      this.#idle.push(worker);
      this.#next();
      clearTimeout(idle);
      idle = setTimeout(endIfIdle, this.#idleAtMost).unref();
    });
    worker.on("error", (error) => this.#take(worker)?.reject(error));
    worker.on("exit", () => {
      this.#take(worker)?.reject(closed());
      this.#unlist(worker);
      // Another thread takes its place, should there be work left.
      if (!this.#closed) this.#next();
    });
    return worker;
  }

  /** Gives no more work to a thread that has none, and tells whether it had none. */
  #unlist(worker: Worker): boolean {
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
    return index >= 0;
  }

  #take(worker: Worker): Job | undefined {
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    return job;
  }
}

const closed = (): Error => new Error("the index is closed");
