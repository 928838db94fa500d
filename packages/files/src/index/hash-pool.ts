/** Hashes files on a few threads, so that the one that answers requests stays free. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { HashOutcome } from "./hash-file.ts";

interface Job {
  readonly path: string;
  readonly resolve: (outcome: HashOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A few threads that start when there is work, and do not keep the process alive when there is none. */
export class HashPool implements AsyncDisposable {
  readonly size: number;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  readonly #waiting: Job[] = [];
  #closed = false;

  constructor(size: number = Math.min(4, availableParallelism())) {
    this.size = size;
  }

  /** Hashes the plain file at this real path. Rejects only where the pool itself is closed or broken. */
  hash(path: string): Promise<HashOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed());
      this.#waiting.push({ path, resolve, reject });
      this.#next();
    });
  }

  /** Ends the threads, whatever they are at. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.reject(closed());
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.close();

  #next(): void {
    const started = this.#idle.length + this.#busy.size;
    const worker =
      this.#waiting.length === 0 ? undefined : (this.#idle.pop() ?? (started < this.size && this.#start()));
    if (!worker) return;
    const job = this.#waiting.shift();
    if (!job) return;
    this.#busy.set(worker, job);
    worker.ref();
    worker.postMessage(job.path);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./hash-worker.ts", import.meta.url));
    worker.on("message", (outcome: HashOutcome) => {
      this.#take(worker)?.resolve(outcome);
      worker.unref();
      this.#idle.push(worker);
      this.#next();
    });
    worker.on("error", (error) => this.#take(worker)?.reject(error));
    worker.on("exit", () => {
      this.#take(worker)?.reject(closed());
      const index = this.#idle.indexOf(worker);
      if (index >= 0) this.#idle.splice(index, 1);
      // Another thread takes its place, should there be work left.
      if (!this.#closed) this.#next();
    });
    return worker;
  }

  #take(worker: Worker): Job | undefined {
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    return job;
  }
}

const closed = (): Error => new Error("the index is closed");
