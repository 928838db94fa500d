/** What could not be read for good, told to whoever shows it: a player by itself would only ask again and again. */

type Heard = (error: unknown) => void;
const listeners = new Map<string, Set<Heard>>();

/** Tells that the content of this digest could not be read. */
export function tellTrouble(digest: string, error: unknown): void {
  for (const heard of listeners.get(digest) ?? []) heard(error);
}

/** Calls back when the content of a digest cannot be read, until the returned function is called. */
export function hearTrouble(digest: string, heard: Heard): () => void {
  const known = listeners.get(digest) ?? new Set();
  listeners.set(digest, known.add(heard));
  return () => void known.delete(heard);
}
