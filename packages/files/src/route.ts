/** The way to one catalog: which instance serves it, and another one when that goes away. */
import type { AccountKey, CatalogName, InstanceId, ReplyOf } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { files } from "@natster/contracts/files";
import { type Client, client, NoAnswerError, NobodyAnswersError } from "@natster/micro/client";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Pace } from "./pace.ts";

/** Answers stayed away, again and again: the other side or the way to it is stuck. */
export class StalledError extends Error {
  override readonly name = "StalledError";
}

/** Which catalog. */
export interface CatalogAddress {
  readonly catalog: CatalogName;
  /** Whose it is; left out inside the owner's own account. */
  readonly owner?: AccountKey;
}

/** What an instance said of itself. */
export type Opened = ReplyOf<typeof files.endpoints.open>;

type Params = { readonly catalog: CatalogName; readonly instance: InstanceId };
type Ask<T> = (client: Client<typeof files>, params: Params, options: { timeout: number }) => Promise<T>;

/** How often one thing is asked before it is given up. */
const mostTries = 6;

/** Asks a catalog's instances. A lost answer is asked for again; an instance that is gone is replaced. */
export class Route {
  readonly #catalog: CatalogName;
  readonly #client: Client<typeof files>;
  readonly #pace: Pace;
  #opened: Promise<Opened> | undefined;

  constructor(connection: NatsConnection, { catalog, owner }: CatalogAddress, pace: Pace) {
    this.#catalog = catalog;
    this.#pace = pace;
    this.#client = client(files, connection, owner === undefined ? {} : { subject: asShared(owner) });
  }

  /** The instance that is asked now. Throws `NobodyAnswersError` where none serves the catalog, or none may be asked. */
  opened(): Promise<Opened> {
    if (this.#opened) return this.#opened;
    const opening = this.#open();
    this.#opened = opening;
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  /** Asks an instance, as often as it takes within bounds. Throws `Refusal`, `NobodyAnswersError` or `StalledError`. */
  async ask<T>(ask: Ask<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const opening = this.opened();
      const { instance } = await abortable(opening, signal);
      const asked = performance.now();
      try {
        const timeout = this.#pace.timeout(attempt);
        const reply = await abortable(ask(this.#client, { catalog: this.#catalog, instance }, { timeout }), signal);
        this.#pace.answered(performance.now() - asked);
        return reply;
      } catch (error) {
        if (error instanceof NobodyAnswersError) this.#forget(opening);
        else if (error instanceof NoAnswerError) this.#lost(opening, attempt);
        else throw error;
        if (attempt === mostTries) throw stalled(this.#catalog, error);
        // An instance that has just gone may be named once more by an answer that was already on its way.
        if (error instanceof NobodyAnswersError && attempt > 1) await pause(50 * attempt);
      }
    }
  }

  async #open(): Promise<Opened> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#client.open({}, { catalog: this.#catalog }, { timeout: this.#pace.timeout(attempt) });
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
        if (attempt === mostTries) throw stalled(this.#catalog, error);
      }
    }
  }

  #lost(opening: Promise<Opened>, attempt: number): void {
    this.#pace.lost();
    // Once is chance. An instance that is silent twice may be stuck, and another may not be.
    if (attempt > 1) this.#forget(opening);
  }

  #forget(opening: Promise<Opened>): void {
    if (this.#opened === opening) this.#opened = undefined;
  }
}

const stalled = (catalog: CatalogName, cause: Error): StalledError =>
  new StalledError(`catalog ${catalog} did not answer in ${mostTries} tries`, { cause });

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Stops waiting when the signal says so; a request that was sent cannot be taken back. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
