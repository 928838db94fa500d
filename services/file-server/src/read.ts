import { files } from "@natster/contracts/files";
import type { RangeReader } from "@natster/files/index";
import { refuse } from "@natster/micro";
import type { InnerHandler } from "./under-seal.ts";

/** Reads a range of a file that is in the index, by its digest: no path ever comes from a request. */
export const read =
  (reader: RangeReader): InnerHandler<typeof files.endpoints.read> =>
  async ({ request }) => {
    const bytes = await reader.read(request);
    if (typeof bytes === "string") throw refuse(files.endpoints.read.sealed, bytes);
    return bytes;
  };
