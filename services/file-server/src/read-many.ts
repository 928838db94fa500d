import { type files, maxRange } from "@natster/contracts/files";
import { encodeBundle } from "@natster/files";
import type { RangeReader } from "@natster/files/index";
import type { Turns } from "./turns.ts";
import type { InnerHandler } from "./under-seal.ts";

/** Reads several small files whole, by their digests, when it is this reader's turn. */
export const readMany =
  (reader: RangeReader, turns: Turns): InnerHandler<typeof files.endpoints.readMany> =>
  async ({ request: { digests }, session, onAnswer }) => {
    // How large it becomes is known when it is read; until then it counts as the largest.
    onAnswer(await turns.take(session, maxRange, session.ended));
    return encodeBundle(reader.readSmall(digests, maxRange - 4 * digests.length));
  };
