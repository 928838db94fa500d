/** What is waited for until somebody asks for the end. */

/** It takes longer than it may. */
export class StartTimeoutError extends Error {
  override readonly name = "StartTimeoutError";
}

/** Whoever waits for a start: until it is asked to end, and for so many milliseconds at the most. */
export class Patience implements Disposable {
  readonly signal: AbortSignal;
  readonly #own = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(within: number, asked?: AbortSignal) {
    const late = () => this.giveUp(new StartTimeoutError(`it was not ready within ${Math.round(within / 1_000)} s`));
    this.#timer = setTimeout(late, within);
    this.signal = asked ? AbortSignal.any([asked, this.#own.signal]) : this.#own.signal;
  }

  /** Waits for nothing more. */
  giveUp(reason: Error): void {
    this.#own.abort(reason);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /**
   * Waits for something that knows nothing of signals. Throws the signal's reason where that comes first; what comes
   * all the same later is closed, since nobody has it any more.
   */
  async for<T>(awaited: Promise<T>): Promise<T> {
    const { signal } = this;
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([awaited, aborted.promise]);
    } catch (error) {
      if (signal.aborted) awaited.then(close).catch(() => {});
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}

async function close(late: unknown): Promise<void> {
  if (isDisposable(late)) await late[Symbol.asyncDispose]();
}

const isDisposable = (value: unknown): value is AsyncDisposable =>
  typeof value === "object" && value !== null && Symbol.asyncDispose in value;
