import type { files } from "@natster/contracts/files";
import type { FolderIndex } from "@natster/files/index";
import type { Handler } from "@natster/micro";

/** Lists files and folders, in pages bounded by count and by bytes. */
export const list =
  (index: Pick<FolderIndex, "page">): Handler<typeof files, "list"> =>
  ({ request }) =>
    index.page(request);
