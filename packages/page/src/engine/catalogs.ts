/** The catalogs that are being read: each opened once, for all tabs, and again when whoever served it is gone. */
import { FilePath } from "@natster/contracts/files";
import type { CatalogReader } from "@natster/files";
import { type Person, readCatalog } from "@natster/person";
import type { Address, Listing, ListingPart, Part } from "./api.ts";

/** Reads catalogs as one device. */
export class Catalogs {
  readonly #person: Person;
  readonly #open = new Map<string, Promise<CatalogReader>>();

  constructor(person: Person) {
    this.#person = person;
  }

  /** What a listing asks for, told page by page. */
  async list(
    { address, folder, name, deep }: Listing,
    tell: (part: ListingPart) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const reader = await this.#reader(address);
    const query = {
      ...(folder !== "" && { folder: FilePath.parse(folder) }),
      ...(name !== undefined ? { name } : { shallow: !deep }),
    };
    for await (const { folders, entries } of reader.pages(query, { signal })) tell({ folders, files: entries });
  }

  /** A part of a file's content. */
  async read({ address, digest, offset, length }: Part, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const reader = await this.#reader(address);
    const bytes = await reader.read({ digest, offset, length }, { signal });
    // What was unsealed is memory of its own, which a tab can be given without a copy.
    const { buffer, byteOffset } = bytes;
    return buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, bytes.length) : Uint8Array.from(bytes);
  }

  #reader(address: Address): Promise<CatalogReader> {
    const key = `${address.owner ?? ""}/${address.catalog}`;
    const known = this.#open.get(key);
    if (known) return known;
    const opening = readCatalog(this.#person, {
      owner: address.owner ?? this.#person.account,
      catalog: address.catalog,
    });
    this.#open.set(key, opening);
    // What could not be opened is tried anew when it is next asked for.
    opening.catch(() => this.#open.delete(key));
    return opening;
  }
}
