/** The feed, as it is read: by people's devices, and by what serves their folders. */
import { FeedNotice } from "@natster/contracts/library";
import { decodeReply } from "./codec.ts";

/**
 * What a message of the feed says, read with the forbearance of replies; nothing where this side does not understand it,
 * as where a newer platform tells of something else, or where it is no notice at all. Never throws.
 */
export function readNotice(message: Uint8Array): FeedNotice | undefined {
  const read = decodeReply(FeedNotice, message);
  return read.success ? read.data : undefined;
}
