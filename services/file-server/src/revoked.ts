/** What the owner took back: from whom, and up to when what was given is void. */
import type { AccountKey, UnixTime, UserKey } from "@natster/contracts";

/** An account or device of which what was given is void; `*` stands for every account. */
export type Whom = AccountKey | UserKey | "*";

export class Revoked {
  readonly #until = new Map<Whom, UnixTime>();

  /** Notes it; a note never takes back an older one that says more. Tells whether this is news. */
  add(whom: Whom, until: UnixTime): boolean {
    if ((this.#until.get(whom) ?? -1) >= until) return false;
    this.#until.set(whom, until);
    return true;
  }

  /** Whether what was given then is void. NATS counts whole seconds: what was given in the very second is void too. */
  isRevoked = ({ to, at }: { readonly to: AccountKey | UserKey; readonly at: UnixTime }): boolean =>
    at <= (this.#until.get(to) ?? -1) || (to.startsWith("A") && at <= (this.#until.get("*") ?? -1));
}
