import { type files, maxRange } from "@natster/contracts/files";
import type { FolderIndex } from "@natster/files/index";
import type { FollowedManifest } from "@natster/files/manifest";
import type { Turns } from "./turns.ts";
import type { InnerHandler } from "./under-seal.ts";

/** Descriptions have at most some 1,500 bytes each: with so many of them a page stays far below what a message may have. */
const mostDescribed = 200;

/** Lists files and folders with what is said of them, in pages bounded by count and by bytes, when it is this reader's turn. */
export const list =
  (
    index: Pick<FolderIndex, "page">,
    manifest: Pick<FollowedManifest, "descriptions">,
    turns: Turns,
  ): InnerHandler<typeof files.endpoints.list> =>
  async ({ request, session, onAnswer }) => {
    // No page is larger than a range.
    onAnswer(await turns.take(session, maxRange, session.ended));
    const said = await manifest.descriptions();
    if (said.size === 0) return index.page(request);
    const page = index.page({ ...request, limit: Math.min(request.limit ?? mostDescribed, mostDescribed) });
    const entries = page.entries.map((entry) => {
      const description = said.get(entry.path);
      return description === undefined ? entry : { ...entry, description };
    });
    return { ...page, entries };
  };
