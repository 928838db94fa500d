import { useEffect, useState } from "react";
import { useEngine, useSession } from "../app/engine-context.ts";
import type { Address, Folder } from "../engine/api.ts";
import { EngineError, isCancelled } from "../engine/engine-error.ts";
import type { FileEntry } from "@natster/contracts/files";

export interface Listed {
  readonly folders: readonly Folder[];
  readonly files: readonly FileEntry[];
  /** Whether all of it is there. */
  readonly complete: boolean;
  readonly error?: unknown;
}

/** How long it waits, in milliseconds, before it asks again what nobody answered. */
const nobodyFor = 5_000;

const nothing: Listed = { folders: [], files: [], complete: false };

/** What lies in a folder, or what has something in its name; anew whenever the catalog says that it has changed. */
export function useListing(
  address: Address,
  folder: string,
  name: string,
): readonly [listed: Listed, again: () => void] {
  const engine = useEngine();
  const connected = useSession().state === "connected";
  const key = JSON.stringify([address, folder, name]);
  const [held, setHeld] = useState({ key, listed: nothing });
  const [turn, setTurn] = useState(0);

  useEffect(
    () =>
      engine.hear((notice) => {
        const own = address.owner === undefined;
        if (notice.kind !== "presence" || notice.catalog !== address.catalog) return;
        if (own || notice.owner === address.owner) setTurn((before) => before + 1);
      }),
    [engine, address],
  );

  useEffect(() => {
    if (!connected) return undefined;
    const stop = new AbortController();
    let later: ReturnType<typeof setTimeout> | undefined;
    // What is shown stays until the first part of what is newer is there, so that nothing flickers.
    const folders: Folder[] = [];
    const files: FileEntry[] = [];
    let shown = 0;
    let shownAt = 0;
    const show = (rest: Pick<Listed, "complete"> & Partial<Listed>) => {
      if (!stop.signal.aborted) setHeld({ key, listed: { folders: [...folders], files: [...files], ...rest } });
    };
    engine
      .list(
        { address, folder, ...(name !== "" && { name }) },
        {
          signal: stop.signal,
          tell(part) {
            folders.push(...part.folders);
            files.push(...part.files);
            // The first lines at once. Of the rest as often as somebody can see it grow, and not before there is twice as
            // much: each time all of it is put in order.
            const lines = folders.length + files.length;
            if (shown > 0 && (lines < 2 * shown || performance.now() - shownAt < 250)) return;
            [shown, shownAt] = [lines, performance.now()];
            show({ complete: false });
          },
        },
      )
      .then(
        () => show({ complete: true }),
        (error: unknown) => {
          if (stop.signal.aborted || isCancelled(error)) return;
          show({ complete: true, error });
          // A hint that somebody serves it comes at most once, and perhaps too early: it is asked again by and by.
          if (error instanceof EngineError && error.trouble === "nobody") {
            later = setTimeout(() => setTurn((before) => before + 1), nobodyFor);
          }
        },
      );
    return () => {
      clearTimeout(later);
      stop.abort();
    };
  }, [engine, connected, address, folder, name, key, turn]);

  return [held.key === key ? held.listed : nothing, () => setTurn((before) => before + 1)];
}
