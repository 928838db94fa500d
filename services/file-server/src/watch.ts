import type { files } from "@natster/contracts/files";
import type { FolderIndex } from "@natster/files/index";
import type { InnerHandler } from "./under-seal.ts";

/** Answers as soon as the revision is another one than the reader has, or when it has waited for long enough. */
export const watch =
  (
    index: Pick<FolderIndex, "revision" | "changed">,
    stopping: AbortSignal,
  ): InnerHandler<typeof files.endpoints.watch> =>
  async ({ request: { since, seconds }, session }) => {
    if (index.revision !== since) return { revision: index.revision };
    const enough = AbortSignal.any([stopping, session.ended, AbortSignal.timeout(seconds * 1000)]);
    return { revision: await index.changed(since, enough).catch(() => index.revision) };
  };
