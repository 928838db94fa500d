/** The reading side of a catalog: what is in it, and the content of each file. Runs in Node and in a browser. */
import type { Digest, ReplyOf, RequestOf } from "@natster/contracts";
import { type FileEntry, type files, maxRange } from "@natster/contracts/files";
import type { NatsConnection } from "@nats-io/nats-core";
import { Pace, type PaceOptions } from "./pace.ts";
import { type Hash, pull, type PullOptions, type Sink } from "./pull.ts";
import { type CatalogAddress, type Opened, Route } from "./route.ts";

/** How a catalog is read. */
export interface OpenCatalogOptions extends CatalogAddress, PaceOptions {
  /** Bytes in one request; 256 KiB unless given. */
  readonly rangeSize?: number;
}

/** A part of a file's content. */
export interface FileRange {
  readonly digest: Digest;
  readonly offset: number;
  /** At most what the instance reads at once: `maxRange` of the contract. */
  readonly length: number;
}

/** What of a catalog is listed; everything where nothing is said. */
export type ListQuery = Omit<RequestOf<typeof files.endpoints.list>, "after" | "limit">;
export type ListPage = ReplyOf<typeof files.endpoints.list>;

/** A catalog that is being read. Everything in flight over it shares one window. */
export interface CatalogReader {
  readonly address: CatalogAddress;
  /** The revision when it was opened. */
  readonly revision: number;
  /**
   * The listing, page by page, by folder and name. Each page is as it is when it is asked for: a file that comes or goes
   * meanwhile may be in it or not, but none comes twice.
   */
  pages(query?: ListQuery, options?: { readonly signal?: AbortSignal }): AsyncGenerator<ListPage, void, undefined>;
  /** The files of these pages. */
  entries(options?: ListQuery & { readonly signal?: AbortSignal }): AsyncGenerator<FileEntry, void, undefined>;
  /** A part of a file's content; as much as there is, where it reaches beyond the end. */
  read(range: FileRange, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  /** A whole file, checked against its digest. Throws `DigestMismatchError` when everything is written but wrong. */
  pull(entry: FileEntry, sink: Sink, hash: Hash, options?: PullOptions): Promise<void>;
}

/**
 * Opens a catalog: one's own, or with `owner` one that was shared. Throws `NobodyAnswersError` where no instance serves
 * it or this account may not reach it. The same is thrown by everything below when access ends.
 */
export async function openCatalog(connection: NatsConnection, options: OpenCatalogOptions): Promise<CatalogReader> {
  const { catalog, owner, rangeSize = 256 * 1024 } = options;
  const address: CatalogAddress = { catalog, ...(owner !== undefined && { owner }) };
  const pace = new Pace(options);
  const route = new Route(connection, address, pace);
  const opened: Opened = await route.opened();

  const read: CatalogReader["read"] = (range, { signal } = {}) =>
    route.ask((files, params, call) => files.read(range, params, call), signal);

  const pages: CatalogReader["pages"] = async function* (query = {}, { signal } = {}) {
    let after: string | undefined;
    do {
      const request = { ...query, ...(after !== undefined && { after }) };
      const page = await route.ask((files, params, call) => files.list(request, params, call), signal);
      yield page;
      // Whatever an instance says of more to come: a page that leads nowhere new is the last one.
      after = page.next === after ? undefined : page.next;
    } while (after !== undefined);
  };

  return {
    address,
    revision: opened.revision,
    read,
    pages,
    async *entries({ signal, ...query } = {}) {
      for await (const page of pages(query, signal && { signal })) yield* page.entries;
    },
    pull: (entry, sink, hash, pullOptions = {}) =>
      pull(sink, hash, {
        ...pullOptions,
        entry,
        pace,
        rangeSize: Math.min(rangeSize, opened.maxRange, maxRange),
        read: (offset, length, signal) => read({ digest: entry.digest, offset, length }, { signal }),
      }),
  };
}
