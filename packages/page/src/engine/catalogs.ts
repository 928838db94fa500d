/** The catalogs that are being read: each opened once, for all tabs, and again when whoever served it is gone. */
import type { FileEntry } from "@natster/contracts/files";
import { type CatalogReader, openCatalog } from "@natster/files";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Address, Listing, ListingPart, Part } from "./api.ts";
import { below, directlyIn, named } from "./listing.ts";

/** How many files one part of a listing tells. */
const partSize = 1_000;

/** Reads catalogs over one connection. */
export class Catalogs {
  readonly #connection: NatsConnection;
  readonly #open = new Map<string, Promise<CatalogReader>>();
  readonly #lists = new Map<string, Promise<readonly FileEntry[]>>();

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** What a listing asks for, told in parts. */
  async list(
    { address, folder, name, deep }: Listing,
    tell: (part: ListingPart) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const entries = await this.#entries(address);
    signal.throwIfAborted();
    const { folders, files } =
      name !== undefined ? named(entries, folder, name) : deep ? below(entries, folder) : directlyIn(entries, folder);
    tell({ folders, files: files.slice(0, partSize) });
    for (let at = partSize; at < files.length; at += partSize) {
      tell({ folders: [], files: files.slice(at, at + partSize) });
    }
  }

  /** A part of a file's content. */
  async read({ address, digest, offset, length }: Part, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const reader = await this.#reader(address);
    // It is handed over to a tab, so it must be bytes of its own.
    return Uint8Array.from(await reader.read({ digest, offset, length }, { signal }));
  }

  /** What a catalog holds has changed, or somebody else serves it: what was read of it is old. */
  changed({ owner, catalog }: Required<Address>): void {
    for (const key of [keyOf({ owner, catalog }), keyOf({ catalog })]) this.#lists.delete(key);
  }

  #entries(address: Address): Promise<readonly FileEntry[]> {
    return once(this.#lists, keyOf(address), async () => {
      const reader = await this.#reader(address);
      const entries: FileEntry[] = [];
      for await (const entry of reader.entries()) entries.push(entry);
      return entries;
    });
  }

  #reader(address: Address): Promise<CatalogReader> {
    return once(this.#open, keyOf(address), () => openCatalog(this.#connection, address));
  }
}

const keyOf = ({ owner = "" as never, catalog }: Address): string => `${owner}/${catalog}`;

/** Does something once for a key; what did not work is tried anew when it is next asked for. */
function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found) return found;
  const making = make();
  known.set(key, making);
  making.catch(() => {
    if (known.get(key) === making) known.delete(key);
  });
  return making;
}
