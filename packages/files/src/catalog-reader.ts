/** The reading side of a catalog: what is in it, and the content of each file. Runs in Node and in a browser. */
import type { Digest } from "@natster/contracts";
import { type FileEntry, maxRange, mostTogether } from "@natster/contracts/files";
import { NobodyAnswersError } from "@natster/micro/client";
import { letGo } from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";
import { AgainstContractError } from "./ask-inside.ts";
import { decodeBundle } from "./bundle.ts";
import { Gather } from "./gather.ts";
import { Pace, type PaceOptions } from "./pace.ts";
import { type Hash, pull, type PullOptions, type Sink } from "./pull.ts";
import { Route, StalledError } from "./route.ts";
import type { InnerReply, InnerRequest, Reading } from "./session-link.ts";
import { SparseFile, type SparseFileOptions } from "./sparse-file.ts";

/** Which catalog. */
export type CatalogAddress = Pick<Reading, "owner" | "catalog">;

/** Which catalog is read by whom, and how. */
export interface OpenCatalogOptions extends Reading, PaceOptions {
  /** Bytes in one request, at the most; the largest range there is unless given. Less is asked for while the window is small. */
  readonly rangeSize?: number;
  /** Milliseconds that one thing is asked for, again and again; a number of times unless given. */
  readonly answerWithin?: number;
}

/** A file of so many bytes is asked of several instances, where there are: before it has come, another is found. */
const worthSeveral = 16 * 1024 * 1024;

/** A part of a file's content. */
export interface FileRange {
  readonly digest: Digest;
  readonly offset: number;
  /** At most what the instance reads at once: `maxRange` of the contract. */
  readonly length: number;
}

/** What of a catalog is listed; everything where nothing is said. */
export type ListQuery = Omit<InnerRequest<"list">, "after" | "limit">;
export type ListPage = InnerReply<"list">;

/** A catalog that is being read. Everything in flight over it shares one window. */
export interface CatalogReader extends Disposable {
  readonly address: CatalogAddress;
  /** The revision when it was opened. */
  readonly revision: number;
  /**
   * The revision as soon as it is another than `since`, or as it is after half a minute, or as many seconds as are said
   * (60 at the most).
   */
  watch(since: number, options?: { readonly seconds?: number; readonly signal?: AbortSignal }): Promise<number>;
  /**
   * The listing, page by page, by folder and name. Each page is as it is when it is asked for: a file that comes or goes
   * meanwhile may be in it or not, but none comes twice.
   */
  pages(query?: ListQuery, options?: { readonly signal?: AbortSignal }): AsyncGenerator<ListPage, void, undefined>;
  /** The files of these pages. */
  entries(options?: ListQuery & { readonly signal?: AbortSignal }): AsyncGenerator<FileEntry, void, undefined>;
  /** A part of a file's content; as much as there is, where it reaches beyond the end. */
  read(range: FileRange, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  /**
   * The whole content of a small file, unchecked; what is asked for at the same time comes together. Throws `RangeError`
   * for one that is larger than a range.
   */
  readSmall(file: Pick<FileEntry, "digest" | "size">, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  /** A file to be read here and there; what is kept of it counts for it alone. Nothing is to be closed. */
  openFile(file: Pick<FileEntry, "digest" | "size">, options?: SparseFileOptions): SparseFile;
  /** A whole file, checked against its digest. Throws `DigestMismatchError` when everything is written but wrong. */
  pull(entry: FileEntry, sink: Sink, hash: Hash, options?: PullOptions): Promise<void>;
}

/**
 * Opens a catalog, one's own or one that was shared, in a sealed session that both sides have proved themselves in: up
 * to the device's account, and up to the owner that is expected. Throws `NobodyAnswersError` where no instance serves
 * it or this account may not reach it, `NotAdmittedError` where the instance lets this device in no longer, and
 * `UntrustedInstanceError` where it is not the owner's. The same is thrown by everything below when that changes.
 */
export async function openCatalog(connection: NatsConnection, options: OpenCatalogOptions): Promise<CatalogReader> {
  const { catalog, owner, rangeSize = maxRange } = options;
  const pace = new Pace(options);
  const route = new Route(connection, options, pace, options.answerWithin);
  const { welcome } = await route.link();
  const read: CatalogReader["read"] = (range, { signal } = {}) => route.ask("read", range, { signal });

  let together = true;
  const gather = new Gather<Pick<FileEntry, "digest" | "size">, Uint8Array | undefined>(
    async (wanted) => {
      const digests = wanted.map(({ digest }) => digest);
      const alone = digests.map(() => undefined);
      if (!together) return alone;
      try {
        return decodeBundle(await route.ask("readMany", { digests }), digests.length);
      } catch (error) {
        if (error instanceof RangeError) throw new AgainstContractError("readMany", error.message);
        if (!(error instanceof NobodyAnswersError || error instanceof StalledError)) throw error;
        // An instance of an older release does not know how; where nobody is there at all, asking alone says so.
        together = false;
        return alone;
      }
    },
    { most: mostTogether, heaviest: maxRange - 4 * mostTogether, weigh: ({ size }) => size },
  );
  const readSmall: CatalogReader["readSmall"] = async ({ digest, size }, options) => {
    if (size > maxRange) throw new RangeError(`${size} bytes are not a small file`);
    if (size === 0) return new Uint8Array();
    // What was left out is asked for alone, which says why.
    return (await gather.ask({ digest, size })) ?? (await read({ digest, offset: 0, length: size }, options));
  };

  const pages: CatalogReader["pages"] = async function* (query = {}, { signal } = {}) {
    const asked = new Set<string | undefined>();
    let after: string | undefined;
    do {
      asked.add(after);
      const request = { ...query, ...(after !== undefined && { after }) };
      const page = await route.ask("list", request, { signal });
      yield page;
      after = page.next;
      // Whatever an instance says of more to come: a page that leads nowhere new is the last one.
    } while (!asked.has(after));
  };

  return {
    address: { catalog, owner },
    revision: welcome.revision,
    read,
    readSmall,
    async watch(since, { seconds = 30, signal } = {}) {
      return (await route.ask("watch", { since, seconds }, { signal, takes: seconds * 1000 })).revision;
    },
    pages,
    openFile: ({ digest, size }, options) =>
      new SparseFile(size, (offset, length) => read({ digest, offset, length }), options),
    async *entries({ signal, ...query } = {}) {
      for await (const page of pages(query, signal && { signal })) yield* page.entries;
    },
    pull: (entry, sink, hash, pullOptions = {}) => {
      if (entry.size >= worthSeveral) void route.widen();
      return pull(sink, hash, {
        ...pullOptions,
        entry,
        pace,
        rangeSize: Math.min(rangeSize, welcome.maxRange),
        // Each was opened into memory of its own.
        release: letGo,
        read: (offset, length, signal) => read({ digest: entry.digest, offset, length }, { signal }),
      });
    },
    [Symbol.dispose]: () => route[Symbol.dispose](),
  };
}
