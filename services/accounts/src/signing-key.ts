/**
 * The operator's signing key, read from its file again whenever that changes: `operator rotate` puts the reserve there,
 * and every instance of this service moves to it without a restart.
 */
import { readFileSync } from "node:fs";
import type { Logger } from "@natster/micro";
import { type Key, keyFromSeed } from "@natster/trust";

export interface SigningKey extends Disposable {
  /** The key that signs from now on. */
  readonly current: Key<"operator">;
}

/** How often the file is read, in milliseconds. It is one line; a mounted secret tells nobody of a change. */
const often = 1_000;

/** Reads the file, and again until it is disposed of. Throws where there is no key in it at the start. */
export function watchSigningKey(path: string, log: Logger, onChange: () => Promise<void>): SigningKey {
  const read = () => keyFromSeed(readFileSync(path, "utf8"), "operator");
  let current = read();
  let unreadable = false;

  const look = () => {
    try {
      const found = read();
      unreadable = false;
      if (found.public === current.public) return;
      log.info({ was: current.public, is: found.public }, "account JWTs are signed by another key from now on");
      current = found;
      onChange().catch((err: unknown) => log.error({ err }, "cannot sign every account anew yet"));
    } catch (err) {
      // Whoever replaces the file may be about to; what is read already goes on.
      if (!unreadable) log.warn({ err, path }, "cannot read the signing key; going on with the one that is known");
      unreadable = true;
    }
  };
  const timer = setInterval(look, often);
  return {
    get current() {
      return current;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
