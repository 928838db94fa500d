/** One catalog, served by a process of its own until SIGTERM or SIGINT. */
import { readFileSync } from "node:fs";
import { files } from "@natster/contracts/files";
import { projector } from "@natster/contracts/library";
import { RootError } from "@natster/files/index";
import { onUnexpected } from "@natster/micro/unexpected";
import { client, ConfigError, connect, createLog, leave, readConfig, sayWhyItEnds } from "@natster/micro";
import { parseCreds, type SessionDevice } from "@natster/trust";
import type { Beat } from "./pulse.ts";
import { KeptUnreadableError } from "./kept.ts";
import { serveCatalog } from "./serve-catalog.ts";
import { settings } from "./settings.ts";

/** Serves until it is asked to stop; resolves with what ended it otherwise. */
async function run(): Promise<Error | undefined> {
  const config = readConfig(settings);
  const log = createLog(files.name, config.LOG_LEVEL);
  await using opened = new AsyncDisposableStack();
  const device = deviceIn(config.NATS_CREDS);
  const dial = async (name: string) => {
    const made = await connect({ servers: config.NATS_URL, creds: { file: config.NATS_CREDS }, name, log });
    opened.defer(() => leave(made));
    return made;
  };
  const [connection, bulk] = [await dial(files.name), await dial(`${files.name} content`)];
  // Until here a signal ends the process by itself: there was nothing to put in order.
  const { signal, asked } = stopSignal();
  const { NATSTER_CATALOG: catalog, NATSTER_ROOT: root, NATSTER_CACHE: cache, NATSTER_STATE: state } = config;
  const platform = client(projector, connection);
  // The end of the process waits for the goodbye, so it is not waited for longer than this.
  const beat: Beat = (state) => platform.beat(state, { timeout: 2_000 });
  let reason: Error | undefined;
  try {
    const served = opened.use(
      await serveCatalog({ connection, bulk, device, catalog, root, cache, state, log, signal, beat }),
    );
    const ended = Promise.race([served.stopped, connection.closed()]);
    reason = await Promise.race([asked, ended.then((error) => error ?? new Error("the connection was closed"))]);
  } catch (error) {
    if (!signal.aborted) throw error;
    // It was to stop while the folder was being indexed.
    reason = await asked;
  }
  if (reason) log.fatal({ err: reason }, "cannot go on");
  return reason;
}

/** The device whose creds these are. Throws `ConfigError`. */
function deviceIn(path: string): SessionDevice {
  try {
    return parseCreds(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new ConfigError(`${path}: no creds of a device`, { cause });
  }
}

/** What SIGTERM and SIGINT say, as a signal and as a promise; of the latter, an error that nobody caught is the reason. */
function stopSignal(): { signal: AbortSignal; asked: Promise<Error | undefined> } {
  const stop = new AbortController();
  const asked = new Promise<Error | undefined>((resolve) => {
    const end = (reason?: Error) => {
      stop.abort();
      resolve(reason);
    };
    process.once("SIGTERM", () => end()).once("SIGINT", () => end());
    onUnexpected(end);
  });
  return { signal: stop.signal, asked };
}

try {
  if (await run()) process.exitCode = 1;
} catch (error) {
  sayWhyItEnds(files.name, error, [RootError, KeptUnreadableError]);
}
