/** The serving process of an account on this machine: it serves the folders that the context's own list names. */
import { watch } from "node:fs";
import { CatalogName } from "@natster/contracts";
import { MachineId, serving, type ServedState } from "@natster/contracts/serving";
import { Throttle } from "@natster/files";
import { type ServedCatalog, serveCatalog, serveGrants } from "@natster/file-server";
import { type Logger, serve } from "@natster/micro";
import { connectDevice, keepLeases, type Person, startFulfiller } from "@natster/person";
import { codesOfContext, leasesOfContext } from "../context/codes.ts";
import type { Context, Served } from "../context/context.ts";
import { indexFolder, revokedFolder } from "../context/paths.ts";
import { Failure, Unexpected } from "../failure.ts";
import { isFolder } from "../get/target.ts";
import { placeOf } from "../system/place.ts";
import { checkNotOwn } from "./own.ts";

export interface AgentOptions {
  readonly context: Context;
  readonly log: Logger;
  /** Milliseconds that one answer is waited for. */
  readonly timeout: number;
  /** Bytes of content that this process sends each second, at the most; as many as go unless given. */
  readonly limit?: number | undefined;
  /** More folders than the context's list names, for this process alone. */
  readonly more?: Served;
  readonly signal?: AbortSignal;
  /** Told of the device that serves, once it is connected. */
  readonly connected?: (device: Person) => void;
}

/** A serving process. */
export interface Agent extends AsyncDisposable {
  /** How each catalog stands. */
  states(): readonly ServedState[];
  /** Reads the list again, and resolves when it is followed. */
  refresh(): Promise<readonly ServedState[]>;
  /** Resolves when the connection is closed: with what ended it, or with nothing where this side did. */
  readonly ended: Promise<Error | undefined>;
}

type Slot = Served[CatalogName] & ({ readonly served: ServedCatalog } | { readonly reason: string });

/** How often it is looked whether the folders are there, in milliseconds. */
const every = 5_000;

/** Starts serving; resolves when every folder of the list is indexed and answered for, or cannot be. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { context, log, timeout, limit, more = {}, signal } = options;
  const throttle = limit === undefined ? undefined : new Throttle(limit);
  const creds = await context.servingCreds();
  if (creds === undefined) {
    throw new Failure("this machine has no device that may serve", { next: "natster serve, which makes one" });
  }
  await using undo = new AsyncDisposableStack();
  const nameUnexpected = () => {
    if (signal?.reason instanceof Unexpected) log.fatal({ err: signal.reason }, "cannot go on");
  };
  signal?.addEventListener("abort", nameUnexpected);
  undo.defer(() => signal?.removeEventListener("abort", nameUnexpected));
  const place = placeOf(context, timeout);
  const person = undo.use(await connectDevice(place, creds, "natster serving", { timeout }));
  const content = undo.use(await connectDevice(place, creds, "natster serving content", { timeout }));
  options.connected?.(person);
  const slots = new Map<CatalogName, Slot>();
  undo.defer(async () => {
    await Promise.all([...slots.values()].flatMap((slot) => ("served" in slot ? [slot.served.stop()] : [])));
  });

  let following: Promise<unknown> = Promise.resolve();
  /** One after the other: two that follow the list at once would serve a folder twice. */
  const refresh = () => {
    const done = following.then(async () => {
      await follow({ ...(await context.served()), ...more }, slots, { person, content, log, throttle, signal });
      return statesOf(slots);
    });
    following = done.catch((error: unknown) => log.error({ err: error }, "cannot follow the list of folders"));
    return done;
  };
  await refresh();

  const answering = await serve(
    serving,
    { refresh: async () => ({ served: [...(await refresh())] }) },
    { connection: person.connection, log, fixed: { machine: MachineId.parse(context.machine) } },
  );
  undo.defer(() => answering.stop());
  // Whoever changes the list asks; the list itself is watched for the case that another process was asked.
  const watcher = watch(context.directory, (_, name) => {
    if (name === "served.json") void refresh().catch(() => {});
  });
  undo.defer(() => watcher.close());

  let looking: Promise<unknown> | undefined;
  const look = setInterval(() => {
    if (looking || ![...slots.values()].some(isOutOfDate)) return;
    looking = refresh()
      .catch(() => {})
      .finally(() => (looking = undefined));
  }, every);
  undo.defer(() => clearInterval(look));

  // Where the account's key is, its other devices have things signed, and whoever claims a code is answered: the code's
  // record is in the context, so a restart loses none.
  const account = await context.accountKey();
  if (account) {
    const codes = codesOfContext(context);
    undo.use(await serveGrants({ person, account, codes, log }));
    undo.use(
      keepLeases(person, {
        account,
        store: leasesOfContext(context),
        tell: (renewed) =>
          renewed instanceof Error
            ? log.warn({ err: renewed }, "cannot renew a share, and will try again")
            : log.info({ renewed }, "renewed what is shared for a while at a time"),
      }),
    );
    undo.use(
      await startFulfiller(person, {
        account,
        store: codes,
        tell: (event) =>
          event.kind === "failed"
            ? log.warn({ err: event.error, id: event.id }, "cannot look at a code now, and will try again")
            : log.info(event, "a code was claimed"),
      }),
    );
  }

  const opened = undo.move();
  return {
    states: () => statesOf(slots),
    refresh,
    ended: Promise.race([person.ended, content.ended]),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

interface Serving {
  readonly log: Logger;
  readonly throttle: Throttle | undefined;
  readonly signal: AbortSignal | undefined;
  readonly person: Person;
  /** The same device on another connection. */
  readonly content: Person;
}

/** Serves what is new on the list, and stops what is on it no more. */
async function follow(
  list: Served,
  slots: Map<CatalogName, Slot>,
  { person, content, log, throttle, signal }: Serving,
): Promise<void> {
  for (const [catalog, slot] of slots) {
    const listed = list[catalog];
    const isAsListed = listed?.root === slot.root && listed.dotfiles === slot.dotfiles;
    if (isAsListed && "served" in slot && !isOutOfDate(slot)) continue;
    slots.delete(catalog);
    if ("served" in slot) await slot.served.stop();
  }
  for (const [name, { root, dotfiles }] of Object.entries(list)) {
    const catalog = CatalogName.parse(name);
    if (slots.has(catalog)) continue;
    try {
      await checkNotOwn(root);
      if (!isFolder(root)) throw new Error(away(root));
      const served = await serveCatalog({
        connection: person.connection,
        bulk: content.connection,
        device: person.device,
        catalog,
        root,
        dotfiles,
        log,
        throttle,
        cache: indexFolder(),
        state: revokedFolder(),
        beat: (state) => person.library.beat(state, { timeout: 2_000 }),
        ...(signal && { signal }),
      });
      slots.set(catalog, { root, dotfiles, served });
    } catch (error) {
      signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ catalog, root, reason }, "cannot serve a folder");
      slots.set(catalog, { root, dotfiles, reason });
    }
  }
}

/** A folder may be gone for a while, with a disk: it stays on the list, and is served again when it is back. */
const isOutOfDate = (slot: Slot): boolean =>
  isFolder(slot.root) ? "reason" in slot && slot.reason === away(slot.root) : "served" in slot;

const away = (root: string): string => `${root} is not there at this moment`;

const statesOf = (slots: ReadonlyMap<CatalogName, Slot>): ServedState[] =>
  [...slots].map(([catalog, slot]) =>
    "served" in slot
      ? { catalog, files: slot.served.files, leftOut: slot.served.leftOut }
      : { catalog, reason: slot.reason, files: 0, leftOut: 0 },
  );
