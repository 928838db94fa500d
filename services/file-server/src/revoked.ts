/** What the owner took back: from whom, and up to when what was given is void. */
import type { AccountKey, UnixTime, UserKey } from "@natster/contracts";
import { readKept, writeKept } from "./kept.ts";

/** An account or device of which what was given is void; `*` stands for every account. */
export type Whom = AccountKey | UserKey | "*";

/**
 * Everything that was ever taken back, in memory and, where a file is named, kept there: a process that starts again
 * refuses whom it refused before, whatever anybody says then or does not say.
 */
export class Revoked {
  readonly #file: string | undefined;
  readonly #until: Map<string, UnixTime>;
  #heard: number;
  #isKept = true;

  /** Throws `KeptUnreadableError` where there is a file and it cannot be read. */
  constructor(file?: string) {
    const kept = file === undefined ? undefined : readKept(file);
    this.#file = file;
    this.#until = new Map(Object.entries(kept?.until ?? {}));
    this.#heard = kept?.heard ?? 0;
  }

  /** The event up to whose line the owner's trail has been read. */
  get heard(): number {
    return this.#heard;
  }

  /** Notes it; a note never takes back an older one that says more. Tells whether this is news. */
  add(whom: Whom, until: UnixTime): boolean {
    if ((this.#until.get(whom) ?? -1) >= until) return false;
    this.#until.set(whom, until);
    this.#isKept = false;
    return true;
  }

  /** The trail has been read up to the line of this event. */
  hasHeard(sequence: number): void {
    if (sequence === this.#heard) return;
    this.#heard = sequence;
    this.#isKept = false;
  }

  /** Writes down what is not yet. Where that throws it is refused all the same, and the next time writes it. */
  keep(): void {
    if (this.#isKept) return;
    if (this.#file !== undefined)
      writeKept(this.#file, { version: 1, heard: this.#heard, until: Object.fromEntries(this.#until) });
    this.#isKept = true;
  }

  /** Whether what was given then is void. NATS counts whole seconds: what was given in the very second is void too. */
  isRevoked = ({ to, at }: { readonly to: AccountKey | UserKey; readonly at: UnixTime }): boolean =>
    at <= (this.#until.get(to) ?? -1) || (to.startsWith("A") && at <= (this.#until.get("*") ?? -1));
}
