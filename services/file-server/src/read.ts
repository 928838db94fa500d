import { files } from "@natster/contracts/files";
import type { RangeReader } from "@natster/files/index";
import { type Handler, refuse } from "@natster/micro";

/** Reads a range of a file that is in the index, by its digest: no path ever comes from a request. */
export const read =
  (reader: RangeReader): Handler<typeof files, "read"> =>
  async ({ request }) => {
    const bytes = await reader.read(request);
    if (typeof bytes === "string") throw refuse(files.endpoints.read, bytes);
    return bytes;
  };
