/** The way to one catalog: a session with an instance that serves it, and with another one when that goes away. */
import type { CatalogName } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { files, type SealedVerb } from "@natster/contracts/files";
import { type Client, client, isRefusal, NoAnswerError, NobodyAnswersError, Refusal } from "@natster/micro/client";
import { accountOf } from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";
import { abortable } from "./abortable.ts";
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

/** How many instances send at once, and how often another is looked for: one that is known already may answer each look. */
const mostInstances = 4;
const looks = 4;
/** Milliseconds until others are looked for again. */
const lookEvery = 60_000;

/**
 * Asks a catalog's instances under seal. A lost answer is asked for again; an instance that is gone is replaced. Where
 * several serve it, they may send together.
 */
export class Route implements Disposable {
  readonly #reading: Reading;
  readonly #client: Client<typeof files>;
  readonly #pace: Pace;
  readonly #answerWithin: number;
  /** The session that everything may be asked in, and sessions with other instances, for content alone. */
  #first: Promise<SessionLink> | undefined;
  #opened: SessionLink | undefined;
  readonly #others = new Set<SessionLink>();
  #looked = Number.NEGATIVE_INFINITY;
  #closed = false;

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
    const before = await this.#first;
    if (before?.holds) return before;
    if (before) this.#forget(before);
    if (this.#first) return this.#first;
    const [other] = this.#others;
    if (other) this.#others.delete(other);
    const opening = other ? Promise.resolve(other) : this.#open();
    this.#first = opening;
    opening.then(
      (opened) => (this.#opened = opened),
      () => (this.#first = this.#first === opening ? undefined : this.#first),
    );
    return opening;
  }

  /**
   * Looks for more instances, so that several send at once; much is to come. Resolves when one was found or there seems to
   * be none, and never rejects.
   */
  async widen(): Promise<void> {
    if (performance.now() - this.#looked < lookEvery || this.#others.size + 1 >= mostInstances) return;
    this.#looked = performance.now();
    try {
      for (let look = 0; look < looks; look++) {
        const found = await SessionLink.open(this.#client, this.#reading, { timeout: this.#pace.timeout(1) });
        const known = [await this.link(), ...this.#others];
        if (!this.#closed && known.every(({ instance }) => instance !== found.instance))
          return void this.#others.add(found);
        found.end();
      }
    } catch {
      // Whoever asks for something is told what is wrong.
    }
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
      const link = await abortable(verb === "read" ? this.#idlest() : this.link(), signal);
      const asked = performance.now();
      try {
        const timeout = Math.min(this.#pace.timeout(attempt), Math.max(1, until - asked)) + takes;
        const reply = await abortable(link.ask(verb, request, { timeout }), signal);
        if (takes === 0) this.#pace.answered(performance.now() - asked);
        return reply;
      } catch (error) {
        if (error instanceof NobodyAnswersError || isRefusal(error, "session_unknown")) this.#forget(link);
        else if (error instanceof NoAnswerError) this.#lost(link, attempt);
        // What the first has, another may not have yet, or no more.
        else if (error instanceof Refusal && this.#others.has(link)) this.#forget(link);
        else if (!isRefusal(error, "too_many_requests")) throw error;
        if (attempt === mostTries || performance.now() >= until) throw stalled(this.#reading.catalog, attempt, error);
        // What is on its way is answered first; it is this account's own, or that of many.
        if (isRefusal(error, "too_many_requests")) await abortable(pause(250 * 2 ** attempt), signal);
        // An instance that has just gone may be named once more by an answer that was already on its way.
        if (error instanceof NobodyAnswersError && attempt > 1) await pause(50 * attempt);
      }
    }
  }

  /** Forgets the sessions. */
  [Symbol.dispose](): void {
    this.#closed = true;
    const first = this.#first;
    this.#first = undefined;
    first?.then((link) => link.end()).catch(() => {});
    for (const other of this.#others) this.#forget(other);
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

  /** Of the instances that send, the one that was asked for least that has not come yet. */
  async #idlest(): Promise<SessionLink> {
    let idlest = await this.link();
    for (const other of this.#others) {
      if (!other.holds) this.#forget(other);
      else if (other.underWay < idlest.underWay) idlest = other;
    }
    return idlest;
  }

  #lost(link: SessionLink, attempt: number): void {
    this.#pace.lost();
    // Once is chance. An instance that is silent twice may be stuck, and another may not be.
    if (attempt > 1) this.#forget(link);
  }

  #forget(link: SessionLink): void {
    this.#others.delete(link);
    if (this.#opened === link) this.#first = this.#opened = undefined;
    link.end();
  }
}

const stalled = (catalog: CatalogName, tries: number, cause: Error): StalledError =>
  new StalledError(`catalog ${catalog} did not answer in ${tries} ${tries === 1 ? "try" : "tries"}`, { cause });

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
