import type { files } from "@natster/contracts/files";
import type { FolderIndex } from "@natster/files/index";
import type { InnerHandler } from "./under-seal.ts";

/** Lists files and folders, in pages bounded by count and by bytes. */
export const list =
  (index: Pick<FolderIndex, "page">): InnerHandler<typeof files.endpoints.list> =>
  ({ request }) =>
    index.page(request);
