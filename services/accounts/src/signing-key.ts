/**
 * The operator's signing key, read from its file again whenever that changes: `operator rotate` puts the reserve there,
 * and every instance of this service moves to it without a restart.
 *
 * It moves only to a key that every nats-server believes. One that does not would say of each account that it has stored
 * it, enforce nothing of it, and let in nobody of an account that it has not met since its start.
 */
import { readFileSync } from "node:fs";
import type { Logger } from "@natster/micro";
import type { Belief } from "@natster/micro/believed";
import { type Key, keyFromSeed } from "@natster/trust";

export interface SigningKey extends Disposable {
  /** The key that signs from now on; undefined where the only one that is known is not believed. */
  readonly current: Key<"operator"> | undefined;
  /** How many nats-servers do not believe the key in the file. */
  readonly disbelieved: number;
}

export interface SigningKeyOptions {
  /** The file with its seed. */
  readonly path: string;
  readonly believed: (key: string) => Promise<Belief>;
  /** Called when another key signs than before. */
  readonly onChange: () => Promise<void>;
  readonly log: Logger;
}

/** How often the file is read, in milliseconds. It is one line; a mounted secret tells nobody of a change. */
const often = 1_000;

/** How often nats-servers are asked about a key that they believed: they change their mind by being started again. */
const seldom = 10_000;

/** Reads the file, and again until it is disposed of. Throws where there is no key in it at the start. */
export async function watchSigningKey({ path, believed, onChange, log }: SigningKeyOptions): Promise<SigningKey> {
  const read = () => keyFromSeed(readFileSync(path, "utf8"), "operator");
  let found = read();
  let current: Key<"operator"> | undefined;
  let disbelieved = 0;
  let askedAt = -Infinity;
  let unreadable = false;

  const readAgain = () => {
    try {
      const now = read();
      if (now.public !== found.public) askedAt = -Infinity;
      found = now;
      unreadable = false;
    } catch (err) {
      // Whoever replaces the file may be about to; what is read already goes on.
      if (!unreadable) log.warn({ err, path }, "cannot read the signing key; going on with the one that is known");
      unreadable = true;
    }
  };

  /** Looks whether another key is to sign, and makes it the one that does; whether that changed anything. */
  const look = async (): Promise<boolean> => {
    readAgain();
    if (disbelieved === 0 && Date.now() - askedAt < seldom) return false;
    const key = found;
    // Where it may not be asked, it is taken as believed: so it was when it was put there.
    const { against } = await believed(key.public);
    askedAt = Date.now();
    if (against.length > 0 && disbelieved === 0) {
      log.error(
        { key: key.public, servers: against },
        "nats-server does not believe the signing key; it has to be started again with the operator JWT that names it",
      );
    }
    disbelieved = against.length;
    const isCurrent = current?.public === key.public;
    if (disbelieved > 0) {
      // The key before it goes on, where there is one.
      if (isCurrent) current = undefined;
      return false;
    }
    if (isCurrent) return false;
    log.info({ was: current?.public, is: key.public }, "account JWTs are signed by this key from now on");
    current = key;
    return true;
  };

  let failing = false;
  /** The same; while nats-server does not answer, everything stays as it is. */
  const lookIfPossible = async (): Promise<boolean> => {
    try {
      const changed = await look();
      failing = false;
      return changed;
    } catch (err) {
      if (!failing) log.warn({ err }, "cannot ask nats-server about the signing key yet");
      failing = true;
      return false;
    }
  };

  await lookIfPossible();
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    lookIfPossible()
      .then((changed) => (changed ? onChange() : undefined))
      .catch((err: unknown) => log.error({ err }, "cannot sign every account anew yet"))
      .finally(() => (looking = false));
  }, often);
  return {
    get current() {
      return current;
    },
    get disbelieved() {
      return disbelieved;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
