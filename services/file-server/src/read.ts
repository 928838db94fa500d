import { files } from "@natster/contracts/files";
import type { RangeReader } from "@natster/files/index";
import { refuse } from "@natster/micro";
import { letGo } from "@natster/trust";
import type { Turns } from "./turns.ts";
import type { InnerHandler } from "./under-seal.ts";

/** Reads a range of a file that is in the index, by its digest, when it is this reader's turn: no path ever comes from a request. */
export const read =
  (reader: RangeReader, turns: Turns): InnerHandler<typeof files.endpoints.read> =>
  async ({ request, session, onAnswer }) => {
    onAnswer(await turns.take(session, request.length, session.ended));
    const bytes = await reader.read(request);
    if (typeof bytes === "string") throw refuse(files.endpoints.read.sealed, bytes);
    onAnswer(() => letGo(bytes));
    return bytes;
  };
