/** A catalog that is served in ways in which no file-server should: for tests of what its readers do then. */
import { type CatalogName, InstanceId, type ServiceContract } from "@natster/contracts";
import { files, maxRange } from "@natster/contracts/files";
import { indexFolder, RangeReader } from "@natster/files/index";
import { FollowedManifest } from "@natster/files/manifest";
import { type Handlers, serve, silentLog } from "@natster/micro";
import { accountOf, type SessionDevice } from "@natster/trust";
import { type NatsConnection, nuid } from "@nats-io/nats-core";
import { handlers, type InnerHandlers, innerHandlers } from "./handlers.ts";
import { Revoked } from "./revoked.ts";
import { Sessions, type SessionsOptions } from "./sessions.ts";
import { Turns } from "./turns.ts";

/** What is odd about it: what it says inside of sessions, what it says outside, or whom it lets in. */
export interface Oddity {
  readonly inside?: (inner: InnerHandlers) => Partial<InnerHandlers>;
  readonly outside?: (outer: Handlers<typeof files>) => Partial<Handlers<typeof files>>;
  readonly sessions?: Partial<SessionsOptions>;
  /** It knows only how to read files one by one, as the first release did. */
  readonly older?: boolean;
}

/** Serves a folder with an oddity. */
export async function serveOddly(
  { connection, device }: { readonly connection: NatsConnection; readonly device: SessionDevice },
  catalog: CatalogName,
  root: string,
  odd: Oddity,
): Promise<AsyncDisposable & { readonly sessions: Sessions }> {
  await using undo = new AsyncDisposableStack();
  const instance = InstanceId.parse(nuid.next());
  const index = undo.use(await indexFolder(root));
  const reader = undo.use(new RangeReader(index, { onChanged: () => {} }));
  const sessions = undo.use(
    new Sessions({
      device,
      instance,
      wanted: { purpose: "files", owner: accountOf(device), catalog },
      welcome: () => ({ revision: index.revision, maxRange }),
      publication: () => undefined,
      isRevoked: new Revoked().isRevoked,
      ...odd.sessions,
    }),
  );
  const manifest = new FollowedManifest(root, () => {});
  const turns = { pages: new Turns(connection), content: new Turns(connection) };
  const inner = innerHandlers(index, reader, turns, new AbortController().signal, manifest);
  const outer = handlers({ ...inner, ...odd.inside?.(inner) }, sessions, silentLog());
  const served = { ...outer, ...odd.outside?.(outer) };
  const { readMany: _, ...before } = files.endpoints;
  const contract = odd.older ? { ...files, endpoints: before } : files;
  const serving = await serve<ServiceContract>(contract, served, {
    connection,
    log: silentLog(),
    fixed: { catalog, instance },
  });
  undo.defer(() => serving.stop());
  const opened = undo.move();
  return { sessions, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
