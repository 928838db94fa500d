/** A few open files, kept for the next reader of the same file. */
import type { FileHandle } from "node:fs/promises";
import { openInside } from "./inside.ts";

interface Held {
  readonly path: string;
  readonly opening: Promise<FileHandle>;
  users: number;
  /** No longer in the cache: whoever uses it last closes it. */
  retired: boolean;
}

/**
 * Opens each file once for many reads, and keeps a bounded number open. A handle is let go after a short time even
 * where it is in constant use, so that a file that was moved away does not stay readable through it.
 */
export class OpenFiles implements AsyncDisposable {
  readonly #held = new Map<string, Held>();
  readonly #limit: number;
  readonly #lifetime: number;

  constructor(limit = 64, lifetime = 2_000) {
    this.#limit = limit;
    this.#lifetime = lifetime;
  }

  /** Does `work` with the plain file at this real path. Throws what opening throws, `NotThereError` included. */
  async use<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
    const held = this.#held.get(path) ?? this.#open(path);
    held.users++;
    try {
      return await work(await held.opening);
    } finally {
      held.users--;
      await this.#closeUnused(held);
    }
  }

  /** Closes what nobody uses now; the rest closes as its readers finish. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#held.values()].map((held) => this.#retire(held)));
  }

  #open(path: string): Held {
    const held: Held = { path, opening: openInside(path), users: 0, retired: false };
    this.#held.set(path, held);
    const timer = setTimeout(() => void this.#retire(held), this.#lifetime).unref();
    held.opening.catch(() => {
      clearTimeout(timer);
      void this.#retire(held);
    });
    const [oldest] = this.#held.values();
    if (oldest && this.#held.size > this.#limit) void this.#retire(oldest);
    return held;
  }

  async #retire(held: Held): Promise<void> {
    if (this.#held.get(held.path) === held) this.#held.delete(held.path);
    held.retired = true;
    await this.#closeUnused(held);
  }

  async #closeUnused(held: Held): Promise<void> {
    if (!held.retired || held.users > 0) return;
    // A second closing of a handle is refused; a file that never opened has nothing to close.
    await held.opening.then((handle) => handle.close()).catch(() => {});
  }
}
