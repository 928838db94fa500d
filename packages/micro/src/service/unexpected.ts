/** The last place that an error comes to: what no promise, no callback and no event had somebody for. */

/** Has the process end with 1 in half a minute at the latest: what hangs on what went wrong is not waited for any longer. */
export const endAnyway = (): void => void setTimeout(() => process.exit(1), 30_000).unref();

/**
 * Hands what nobody caught to `end`, which names it and has the process end in order; until it is disposed of. What it
 * came from has stopped for good, and a process that went on without it would look healthy and be deaf.
 */
export function onUnexpected(end: (error: Error) => void): Disposable {
  const hear = (thrown: unknown) => {
    endAnyway();
    end(thrown instanceof Error ? thrown : new Error(String(thrown)));
  };
  // Node brings promises here too that are rejected and awaited by nobody.
  process.on("uncaughtException", hear);
  return { [Symbol.dispose]: () => void process.off("uncaughtException", hear) };
}
