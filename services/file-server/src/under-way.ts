/** How much is asked and not answered yet: bounded for each session, for each account, and for all of them together. */
import { kitRefusal } from "@natster/micro";
import type { OpenedSession } from "./sessions.ts";

/**
 * The most at once. A mirror has some 300 questions on their way where an instance reads small files one by one, and each
 * may be asked again while it waits.
 */
export interface UnderWayOptions {
  readonly ofSession?: number;
  readonly ofAccount?: number;
  readonly ofAll?: number;
}

/** Counts what is under way. */
export class UnderWay {
  readonly #options: UnderWayOptions;
  /** By session, by account, and of all. */
  readonly #counts = new Map<unknown, number>();

  constructor(options: UnderWayOptions = {}) {
    this.#options = options;
  }

  /** Counts one question until what it returns is disposed of. Throws the refusal `too_many_requests`. */
  enter(session: Pick<OpenedSession, "account">): Disposable {
    const { ofSession = 512, ofAccount = 1_024, ofAll = 8_192 } = this.#options;
    const bounds = new Map<unknown, number>([
      [session, ofSession],
      [session.account, ofAccount],
      [this, ofAll],
    ]);
    for (const [whose, most] of bounds) {
      if ((this.#counts.get(whose) ?? 0) >= most) throw kitRefusal("too_many_requests");
    }
    const count = (by: 1 | -1) => {
      for (const whose of bounds.keys()) {
        const next = (this.#counts.get(whose) ?? 0) + by;
        if (next > 0) this.#counts.set(whose, next);
        else this.#counts.delete(whose);
      }
    };
    count(1);
    return { [Symbol.dispose]: () => count(-1) };
  }
}
