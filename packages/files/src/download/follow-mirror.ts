/** Mirrors a catalog again and again, whenever it has changed. */
import type { CatalogReader } from "../catalog-reader.ts";
import { mirror, type MirrorOptions } from "./mirror.ts";
import type { MirrorSource } from "./mirror-plan.ts";
import type { Mirrored } from "./mirror-run.ts";

/** What following needs of a catalog. */
export type FollowSource = MirrorSource & {
  /** The revision as soon as it is another than `since`, or as it is after some time. */
  watch(since: number, options?: { readonly signal?: AbortSignal }): Promise<number>;
} & Pick<CatalogReader, "revision">;

/**
 * Mirrors, and again whenever the catalog has changed, until the signal says so, whose reason is then thrown. Each
 * result is yielded. What ends a mirror ends this too.
 */
export async function* followMirror(
  catalog: FollowSource,
  target: string,
  options: MirrorOptions & { readonly signal: AbortSignal },
): AsyncGenerator<Mirrored, never, undefined> {
  let seen = catalog.revision;
  for (;;) {
    options.signal.throwIfAborted();
    yield await mirror(catalog, target, options);
    // What changed while it was fetched has another revision by now, and is found at once.
    const before = seen;
    while (seen === before) seen = await catalog.watch(before, { signal: options.signal });
  }
}
