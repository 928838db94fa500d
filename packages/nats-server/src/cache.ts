import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { versionOf } from "./command.ts";
import { reasonOf } from "./errors.ts";
import type { FoundServer, Search } from "./search.ts";
import { compareVersions, FLOOR_VERSION, parseVersion } from "./version.ts";

/** What the executable is called on this system. */
export const BINARY = process.platform === "win32" ? "nats-server.exe" : "nats-server";

const WORKSHOP = ".new-";
const A_DAY = 24 * 60 * 60 * 1000;

/** The newest server in the cache that is new enough and runs. */
export async function fromCache({ cacheDirectory }: Search): Promise<FoundServer> {
  const reasons: string[] = [];
  for (const kept of await versionsIn(cacheDirectory)) {
    const path = join(cacheDirectory, kept, BINARY);
    try {
      return { path, version: await newEnough(path), source: "cache" };
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  throw new Error(reasons.join("; ") || `nothing in ${cacheDirectory}`);
}

/**
 * Puts a binary, fetched or built in a workshop, into the cache. It gets there in one step and only after it has run:
 * whoever looks in the cache sees a whole server or none, however many are fetching at once.
 */
export async function keep(built: string, { cacheDirectory }: Search): Promise<{ path: string; version: string }> {
  await chmod(built, 0o755);
  const version = await newEnough(built);
  const path = join(cacheDirectory, version, BINARY);
  await mkdir(join(cacheDirectory, version), { recursive: true });
  try {
    await rename(built, path);
  } catch (error) {
    // Windows does not replace a program that runs: another process was first, and its server is as good.
    if ((await versionOf(path).catch(() => "")) !== version) throw error;
  }
  return { path, version };
}

/** A folder for unfinished work, on the cache's own file system and gone with the scope that opened it. */
export async function openWorkshop({ cacheDirectory }: Search): Promise<{ directory: string } & AsyncDisposable> {
  await mkdir(cacheDirectory, { recursive: true });
  await sweep(cacheDirectory);
  const directory = await mkdtemp(join(cacheDirectory, WORKSHOP));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

/**
 * The version of a binary that runs.
 * @throws Error when it does not run or is older than the floor.
 */
export async function newEnough(binary: string): Promise<string> {
  const version = await versionOf(binary);
  if (compareVersions(version, FLOOR_VERSION) >= 0) return version;
  throw new Error(`${binary} has version ${version}, and ${FLOOR_VERSION} or newer is needed`);
}

async function versionsIn(cacheDirectory: string): Promise<string[]> {
  const names = await readdir(cacheDirectory).catch(() => []);
  return names.filter((name) => parseVersion(name) === name).toSorted((a, b) => compareVersions(b, a));
}

/** Workshops of processes that were killed at work. */
async function sweep(cacheDirectory: string): Promise<void> {
  for (const name of await readdir(cacheDirectory)) {
    if (!name.startsWith(WORKSHOP)) continue;
    const left = join(cacheDirectory, name);
    const changed = await stat(left)
      .then((found) => found.mtimeMs)
      .catch(() => Date.now());
    if (Date.now() - changed > A_DAY) await rm(left, { recursive: true, force: true });
  }
}
