import { access } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { BINARY, fromCache, newEnough } from "./cache.ts";
import { fromDebian } from "./debian.ts";
import { fromRelease } from "./download.ts";
import { type Attempt, NatsServerNotFoundError, NatsServerUnusableError, reasonOf } from "./errors.ts";
import { fromGo } from "./go-install.ts";
import { PINNED_VERSION } from "./release.ts";
import { type FindOptions, type FoundServer, type Search, searchFor } from "./search.ts";
import { FLOOR_VERSION } from "./version.ts";

/** From what is at hand to what has to be fetched. Each resolves to a server that has run, or says why not. */
const WAYS: readonly (readonly [name: string, find: (search: Search) => Promise<FoundServer>])[] = [
  ["nats-server on the PATH", fromPath],
  ["the cache", fromCache],
  ["the official release", fromRelease],
  ["go install", fromGo],
  ["the package of Debian", fromDebian],
];

/**
 * Finds a real nats-server that is new enough, or fetches one: NATS_SERVER_BIN, the PATH, the cache, the official
 * release archive, `go install`, Debian's package, in this order. The last three put it into the cache, where it is
 * found from then on; a first `go install` can take minutes.
 * @throws NatsServerUnusableError when NATS_SERVER_BIN is set and is no nats-server that is new enough.
 * @throws NatsServerNotFoundError when nothing worked, with what was tried.
 */
export async function findNatsServer(options: FindOptions = {}): Promise<FoundServer> {
  const search = searchFor(options);
  const named = search.env["NATS_SERVER_BIN"];
  if (named) return fromEnvironment(resolve(named));

  const tried: Attempt[] = [];
  for (const [way, find] of WAYS) {
    try {
      return await find(search);
    } catch (error) {
      tried.push({ way, reason: reasonOf(error) });
    }
  }
  throw new NatsServerNotFoundError(tried, FIXES[process.platform] ?? FIX);
}

async function fromEnvironment(path: string): Promise<FoundServer> {
  try {
    return { path, version: await newEnough(path), source: "NATS_SERVER_BIN" };
  } catch (error) {
    throw new NatsServerUnusableError(path, reasonOf(error));
  }
}

async function fromPath({ env }: Search): Promise<FoundServer> {
  const reasons: string[] = [];
  for (const folder of (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter(Boolean)) {
    const path = join(resolve(folder), BINARY);
    if (
      !(await access(path).then(
        () => true,
        () => false,
      ))
    )
      continue;
    try {
      return { path, version: await newEnough(path), source: "path" };
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  throw new Error(reasons.join("; ") || "there is none");
}

const FIX =
  `unpack https://github.com/nats-io/nats-server/releases/tag/v${PINNED_VERSION} for your machine` +
  ` and set NATS_SERVER_BIN=/path/to/nats-server (${FLOOR_VERSION} or newer)`;
const FIXES: Readonly<Record<string, string>> = {
  darwin: "brew install nats-server",
  win32: "winget install NATSAuthors.NATSServer",
};
