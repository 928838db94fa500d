/** Whether a catalog is public: by the account key's own statement, and by nothing that the platform says. */
import type { AccountKey, CatalogName, UnixTime } from "@natster/contracts";
import { type Publication, readPublication } from "@natster/trust";

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

  /** The statement, where it holds at a time. */
  publication = (now: UnixTime): Publication | undefined => {
    if (this.#statement === undefined) return undefined;
    const said = { owner: this.#owner, catalog: this.#catalog, now, voidUntil: this.#voidUntil };
    const read = readPublication(this.#statement, said);
    return read.refused === undefined ? read : undefined;
  };
}
