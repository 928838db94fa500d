import type { files } from "@natster/contracts/files";
import type { FolderIndex } from "@natster/files/index";
import type { InnerHandler } from "./under-seal.ts";

/**
 * Answers as soon as the revision is another one than the reader has, or when it has waited for long enough. One of a
 * session waits at a time: a newer one ends the older, which nobody may be waiting for any more.
 */
export const watch = (
  index: Pick<FolderIndex, "revision" | "changed">,
  stopping: AbortSignal,
): InnerHandler<typeof files.endpoints.watch> => {
  const waiting = new WeakMap<object, () => void>();
  return async ({ request: { since, seconds }, session }) => {
    waiting.get(session)?.();
    if (index.revision !== since) return { revision: index.revision };
    const enough = new AbortController();
    const end = () => enough.abort();
    waiting.set(session, end);
    // Nothing of it stays behind in what lasts longer.
    const timer = setTimeout(end, seconds * 1000);
    const others = [stopping, session.ended];
    for (const other of others) other.addEventListener("abort", end);
    try {
      if (others.some(({ aborted }) => aborted)) end();
      return { revision: await index.changed(since, enough.signal).catch(() => index.revision) };
    } finally {
      clearTimeout(timer);
      for (const other of others) other.removeEventListener("abort", end);
    }
  };
};
