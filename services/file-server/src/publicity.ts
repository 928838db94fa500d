/** Whether a catalog is public: by the account key's own statement, and by nothing that the platform says. */
import type { AccountKey, CatalogName, UnixTime } from "@natster/contracts";
import { readPublication } from "@natster/trust";

export class Publicity {
  readonly #owner: AccountKey;
  readonly #catalog: CatalogName;
  #statement: string | undefined;
  #voidUntil = -1;

  constructor(owner: AccountKey, catalog: CatalogName) {
    this.#owner = owner;
    this.#catalog = catalog;
  }

  /** Takes what the platform keeps: a statement, and up to when statements are void; that only ever grows. */
  hear({ statement, voidUntil = -1 }: { readonly statement?: string; readonly voidUntil?: UnixTime }): void {
    this.#statement = statement;
    this.#voidUntil = Math.max(this.#voidUntil, voidUntil);
  }

  /** Whether the statement holds at a time. */
  isPublic = (now: UnixTime): boolean => {
    if (this.#statement === undefined) return false;
    const said = { owner: this.#owner, catalog: this.#catalog, now, voidUntil: this.#voidUntil };
    return readPublication(this.#statement, said).refused === undefined;
  };
}
