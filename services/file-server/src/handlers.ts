/** What a file-server answers: openings in clear, and everything else under seal. */
import { files } from "@natster/contracts/files";
import type { FolderIndex, RangeReader } from "@natster/files/index";
import type { FollowedManifest } from "@natster/files/manifest";
import type { Handlers, Logger } from "@natster/micro";
import { list } from "./list.ts";
import { open } from "./open.ts";
import { read } from "./read.ts";
import { readMany } from "./read-many.ts";
import type { Sessions } from "./sessions.ts";
import type { Turns } from "./turns.ts";
import { type InnerHandler, underSeal } from "./under-seal.ts";
import { watch } from "./watch.ts";

/** What is answered inside of a session. */
export interface InnerHandlers {
  readonly list: InnerHandler<typeof files.endpoints.list>;
  readonly read: InnerHandler<typeof files.endpoints.read>;
  readonly readMany: InnerHandler<typeof files.endpoints.readMany>;
  readonly watch: InnerHandler<typeof files.endpoints.watch>;
}

/** Answers from an index and its files, until it is stopping: nobody waits for news any longer then. */
export const innerHandlers = (
  index: FolderIndex,
  reader: RangeReader,
  turns: { readonly pages: Turns; readonly content: Turns },
  stopping: AbortSignal,
  manifest: FollowedManifest,
): InnerHandlers => ({
  list: list(index, manifest, turns.pages),
  read: read(reader, turns.content),
  readMany: readMany(reader, turns.content),
  watch: watch(index, stopping),
});

/** The handlers of the contract, around those of its inside. */
export const handlers = (inner: InnerHandlers, sessions: Sessions, log: Logger): Handlers<typeof files> => ({
  open: open(files.endpoints.open, sessions),
  openHere: open(files.endpoints.openHere, sessions),
  list: underSeal(files.endpoints.list, sessions, log, inner.list),
  read: underSeal(files.endpoints.read, sessions, log, inner.read),
  readMany: underSeal(files.endpoints.readMany, sessions, log, inner.readMany),
  watch: underSeal(files.endpoints.watch, sessions, log, inner.watch),
});
