/** The way to one catalog: a session with an instance that serves it, and with another one when that goes away. */
import type { CatalogName } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { files, type SealedVerb } from "@natster/contracts/files";
import { type Client, client, isRefusal, NoAnswerError, NobodyAnswersError } from "@natster/micro/client";
import { accountOf } from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Pace } from "./pace.ts";
import { type InnerReply, type InnerRequest, type Reading, SessionLink } from "./session-link.ts";

/** Answers stayed away, again and again: the other side or the way to it is stuck. */
export class StalledError extends Error {
  override readonly name = "StalledError";
}

/** What a question is told beyond itself. */
export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the instance itself may take before it answers. */
  readonly takes?: number;
}

/** How often one thing is asked before it is given up. */
const mostTries = 6;

/** Asks a catalog's instances under seal. A lost answer is asked for again; an instance that is gone is replaced. */
export class Route implements Disposable {
  readonly #reading: Reading;
  readonly #client: Client<typeof files>;
  readonly #pace: Pace;
  readonly #answerWithin: number;
  #link: Promise<SessionLink> | undefined;

  constructor(connection: NatsConnection, reading: Reading, pace: Pace, answerWithin = Number.POSITIVE_INFINITY) {
    this.#reading = reading;
    this.#pace = pace;
    this.#answerWithin = answerWithin;
    const own = accountOf(reading.device) === reading.owner;
    this.#client = client(files, connection, own ? {} : { subject: asShared(reading.owner) });
  }

  /**
   * The session with the instance that is asked now. Throws `NobodyAnswersError` where none serves the catalog or none
   * may be asked, `NotAdmittedError` where it refuses, and `UntrustedInstanceError` where it is not the owner's.
   */
  async link(): Promise<SessionLink> {
    const before = await this.#link;
    if (before?.holds) return before;
    if (before) this.#forget(this.#link);
    if (this.#link) return this.#link;
    const opening = this.#open();
    this.#link = opening;
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  /**
   * Asks, as often as it takes within bounds. Throws `Refusal`, `NobodyAnswersError`, `StalledError`, or
   * `SealBrokenError` where what came was not said by the instance.
   */
  async ask<V extends SealedVerb>(
    verb: V,
    request: InnerRequest<V>,
    { signal, takes = 0 }: AskOptions = {},
  ): Promise<InnerReply<V>> {
    const until = performance.now() + this.#answerWithin;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const opening = this.link();
      const link = await abortable(opening, signal);
      const current = this.#link;
      const asked = performance.now();
      try {
        const timeout = Math.min(this.#pace.timeout(attempt), Math.max(1, until - asked)) + takes;
        const reply = await abortable(link.ask(verb, request, { timeout }), signal);
        if (takes === 0) this.#pace.answered(performance.now() - asked);
        return reply;
      } catch (error) {
        if (error instanceof NobodyAnswersError || isRefusal(error, "session_unknown")) this.#forget(current);
        else if (error instanceof NoAnswerError) this.#lost(current, attempt);
        else throw error;
        if (attempt === mostTries || performance.now() >= until) throw stalled(this.#reading.catalog, attempt, error);
        // An instance that has just gone may be named once more by an answer that was already on its way.
        if (error instanceof NobodyAnswersError && attempt > 1) await pause(50 * attempt);
      }
    }
  }

  /** Forgets the session. */
  [Symbol.dispose](): void {
    this.#forget(this.#link);
  }

  async #open(): Promise<SessionLink> {
    const until = performance.now() + this.#answerWithin;
    for (let attempt = 1; ; attempt++) {
      try {
        const timeout = Math.min(this.#pace.timeout(attempt), Math.max(1, until - performance.now()));
        return await SessionLink.open(this.#client, this.#reading, { timeout });
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
        if (attempt === mostTries || performance.now() >= until) throw stalled(this.#reading.catalog, attempt, error);
      }
    }
  }

  #lost(link: Promise<SessionLink> | undefined, attempt: number): void {
    this.#pace.lost();
    // Once is chance. An instance that is silent twice may be stuck, and another may not be.
    if (attempt > 1) this.#forget(link);
  }

  #forget(link: Promise<SessionLink> | undefined): void {
    if (!link || this.#link !== link) return;
    this.#link = undefined;
    link.then((old) => old.end()).catch(() => {});
  }
}

const stalled = (catalog: CatalogName, tries: number, cause: Error): StalledError =>
  new StalledError(`catalog ${catalog} did not answer in ${tries} ${tries === 1 ? "try" : "tries"}`, { cause });

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
