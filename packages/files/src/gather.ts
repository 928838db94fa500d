/** Gathers questions that come one by one into a few that ask for many things at once. */

interface Wanted<Q, A> {
  readonly question: Q;
  readonly place: PromiseWithResolvers<A>;
}

export interface GatherOptions<Q> {
  /** How many are asked together at the most, and how heavy they may be together. */
  readonly most: number;
  readonly heaviest: number;
  readonly weigh: (question: Q) => number;
}

/** How many such requests are on their way at once: what comes meanwhile is gathered. */
const atOnce = 3;

/** Asks at once while little is on its way; the more there is to ask, the more goes together. */
export class Gather<Q, A> {
  readonly #ask: (questions: readonly Q[]) => Promise<readonly A[]>;
  readonly #options: GatherOptions<Q>;
  readonly #wanted: Wanted<Q, A>[] = [];
  #underWay = 0;

  /** `ask` answers questions in their order. */
  constructor(ask: (questions: readonly Q[]) => Promise<readonly A[]>, options: GatherOptions<Q>) {
    this.#ask = ask;
    this.#options = options;
  }

  /** Resolves with the answer to one question; rejects with what went wrong for all that were asked with it. */
  ask(question: Q): Promise<A> {
    const place = Promise.withResolvers<A>();
    this.#wanted.push({ question, place });
    // What is asked in the same breath goes together.
    queueMicrotask(() => this.#go());
    return place.promise;
  }

  #go(): void {
    while (this.#wanted.length > 0 && this.#underWay < atOnce) {
      const together = this.#take();
      this.#underWay++;
      this.#ask(together.map(({ question }) => question))
        .then(
          (answers) => together.forEach(({ place }, index) => place.resolve(answers[index] as A)),
          (error: unknown) => together.forEach(({ place }) => place.reject(error)),
        )
        .finally(() => {
          this.#underWay--;
          this.#go();
        });
    }
  }

  #take(): Wanted<Q, A>[] {
    const { most, heaviest, weigh } = this.#options;
    let [count, weight] = [0, 0];
    for (const { question } of this.#wanted) {
      weight += weigh(question);
      if (count > 0 && (count === most || weight > heaviest)) break;
      count++;
    }
    return this.#wanted.splice(0, count);
  }
}
