/** A catalog that is served in ways in which no file-server should: for tests of what its readers do then. */
import { type CatalogName, InstanceId } from "@natster/contracts";
import { files } from "@natster/contracts/files";
import { indexFolder, RangeReader } from "@natster/files/index";
import { type Handlers, serve, silentLog } from "@natster/micro";
import { type NatsConnection, nuid } from "@nats-io/nats-core";
import { list } from "./list.ts";
import { open } from "./open.ts";
import { read } from "./read.ts";

type Own = Handlers<typeof files>;

/** Serves a folder with some of the handlers wrapped. */
export async function serveOddly(
  connection: NatsConnection,
  catalog: CatalogName,
  root: string,
  wrap: (handlers: Own) => Partial<Own>,
): Promise<AsyncDisposable> {
  await using undo = new AsyncDisposableStack();
  const instance = InstanceId.parse(nuid.next());
  const index = undo.use(await indexFolder(root));
  const reader = undo.use(new RangeReader(index, { onChanged: () => {} }));
  const handlers: Own = { open: open(index, instance), list: list(index), read: read(reader) };
  const odd = { ...handlers, ...wrap(handlers) };
  const serving = await serve(files, odd, { connection, log: silentLog(), fixed: { catalog, instance } });
  undo.defer(() => serving.stop());
  return undo.move();
}
