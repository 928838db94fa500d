/** A folder, served as a catalog. */
import { type CatalogName, InstanceId } from "@natster/contracts";
import { files, maxRange, type Welcome } from "@natster/contracts/files";
import type { Throttle } from "@natster/files";
import { type FolderIndex, indexFolder, type IndexOptions, RangeReader, type ScanReport } from "@natster/files/index";
import { FollowedManifest } from "@natster/files/manifest";
import { type Logger, serve } from "@natster/micro";
import { accountOf, type SessionDevice } from "@natster/trust";
import { type NatsConnection, nuid } from "@nats-io/nats-core";
import { handlers, innerHandlers } from "./handlers.ts";
import { keptFile } from "./kept.ts";
import { hearChanges } from "./hear-changes.ts";
import { type Beat, startPulse } from "./pulse.ts";
import { Publicity } from "./publicity.ts";
import { Revoked } from "./revoked.ts";
import { Sessions } from "./sessions.ts";
import { Turns } from "./turns.ts";

/** Which folder is served, as which catalog. */
export interface ServeCatalogOptions extends Pick<
  IndexOptions,
  "dotfiles" | "hashers" | "cache" | "follow" | "signal"
> {
  /** Of the owner's own account. */
  readonly connection: NatsConnection;
  /**
   * Another one of the same user, for content alone: what is listed and opened never waits behind it on the way. The same
   * one unless given.
   */
  readonly bulk?: NatsConnection | undefined;
  /** The device that serves, of role `server`: readers believe no other, and nobody but its account's key made it. */
  readonly device: SessionDevice;
  readonly catalog: CatalogName;
  /** The folder. */
  readonly root: string;
  readonly log: Logger;
  /** The rate that content keeps to, to all readers together and with whatever else shares it; none unless given. */
  readonly throttle?: Throttle | undefined;
  /**
   * The folder where it keeps what was taken back, for the next start; where none is named, that is known again only by
   * asking the platform.
   */
  readonly state?: string;
  /** Milliseconds between two looks at what was published or taken back; half a minute unless given. */
  readonly lookEvery?: number;
  /**
   * Milliseconds that a stop leaves for what is asked already; five seconds unless given. Whoever waits longer, for a rate
   * or for nats-server, is told `session_unknown`, and asks elsewhere.
   */
  readonly grace?: number;
  /** Says that the catalog is served, where anybody is to know. */
  readonly beat?: Beat;
}

/** A catalog that is served. */
export interface ServedCatalog extends AsyncDisposable {
  readonly instance: InstanceId;
  /** Grows whenever what readers see has changed. */
  readonly revision: number;
  readonly files: number;
  /** How many things in the folder are not in it: what is no file, leads out of it, or cannot be read. */
  readonly leftOut: number;
  /** Resolves when it has stopped, with the reason where nobody asked it to. */
  readonly stopped: Promise<Error | null>;
  /** Resolves with the revision as soon as it is beyond this one; rejects with the signal's reason. */
  changed(since: number, signal?: AbortSignal): Promise<number>;
  /** Looks at the folder again. */
  rescan(): Promise<ScanReport>;
  /** Takes no more requests, answers those it has, and closes what it opened; the connection stays. */
  stop(): Promise<void>;
}

/**
 * Indexes a folder and serves it; resolves when a request that is sent after that is answered. Throws `RootError` where
 * the folder cannot be read.
 */
export async function serveCatalog(options: ServeCatalogOptions): Promise<ServedCatalog> {
  const { connection, bulk = connection, catalog, device, root, grace = 5_000 } = options;
  const owner = accountOf(device);
  const instance = InstanceId.parse(nuid.next());
  const log = options.log.child({ catalog, instance });
  await using undo = new AsyncDisposableStack();

  log.debug({ root }, "indexing");
  const index = undo.use(
    await indexFolder(root, {
      follow: true,
      ...options,
      onProgress: (progress) => log.debug(progress, "looking"),
      onTrouble: (error) => log.warn({ err: error, root }, "cannot follow the folder, and will try again"),
    }),
  );
  const look = async () => {
    const report = await index.rescan();
    tell(log, report);
    return report;
  };
  if (index.lastScan) tell(log, index.lastScan);

  const { state, lookEvery } = options;
  const revoked = new Revoked(state === undefined ? undefined : keptFile(state, owner, catalog));
  const publicity = new Publicity(owner, catalog);
  const sessions = undo.use(
    new Sessions({
      device,
      instance,
      wanted: { purpose: "files", owner, catalog },
      welcome: (): Welcome => ({ revision: index.revision, maxRange }),
      publication: publicity.publication,
      isRevoked: revoked.isRevoked,
    }),
  );
  undo.use(await hearChanges({ connection, owner, catalog, revoked, publicity, sessions, log, lookEvery }));

  const reader = undo.use(
    new RangeReader(index, {
      onChanged: (path) =>
        void index
          .refresh(path)
          .catch((error: unknown) => log.warn({ err: error, path }, "cannot look at a file again")),
    }),
  );
  const manifest = new FollowedManifest(index.root, (error) => log.warn({ err: error }, "nothing is said of files"));
  // Pages never wait behind content.
  const turns = { pages: new Turns(connection), content: new Turns(bulk, { throttle: options.throttle }) };
  const ended = new AbortController();
  const inner = innerHandlers(index, reader, turns, ended.signal, manifest);
  const serving = await serve(files, handlers(inner, sessions, log), {
    connection,
    apart: bulk === connection ? undefined : { connection: bulk, endpoints: ["read", "readMany"] },
    log,
    fixed: { catalog, instance },
    metadata: { catalog, instance },
    figures: () => ({ files: index.size, revision: index.revision, sessions: sessions.size }),
  });
  const { beat } = options;
  const pulse = beat && startPulse({ beat, log, catalog, instance, revision: () => index.revision });
  const announcing = announce(index, () => pulse?.now(), ended.signal);
  const opened = undo.move();

  let stopping: Promise<void> | undefined;
  const end = async () => {
    await using _closed = opened;
    ended.abort();
    await announcing;
    // First of all, so that readers look elsewhere.
    await pulse?.stop();
    const late = setTimeout(() => sessions[Symbol.dispose](), grace);
    await serving.stop();
    clearTimeout(late);
  };
  const stop = () => (stopping ??= end());
  return {
    instance,
    get revision() {
      return index.revision;
    },
    get files() {
      return index.size;
    },
    get leftOut() {
      return Object.values(index.lastScan?.omitted ?? {}).reduce((sum, count) => sum + count, 0);
    },
    stopped: serving.stopped,
    changed: (since, signal) => index.changed(since, signal),
    rescan: look,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Says each time that what readers see has changed. */
async function announce(index: FolderIndex, say: () => void, signal: AbortSignal): Promise<void> {
  for (let revision = index.revision; ; say()) {
    const next = await index.changed(revision, signal).catch(() => undefined);
    if (next === undefined) return;
    revision = next;
  }
}

/** What was left out is said once for each scan, and by number: a folder may hold thousands of such things. */
function tell(log: Logger, { files: count, revision, hashed, omitted, examples, changed }: ScanReport): void {
  if (changed) log.info({ files: count, revision, hashed }, "indexed");
  if (examples.length > 0) log.warn({ omitted, examples: examples.slice(0, 5) }, "some things are not in the index");
}
