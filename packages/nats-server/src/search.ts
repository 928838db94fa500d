import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { RELEASES_URL, type ReleaseArchive, releaseArchive } from "./release.ts";

/** A nats-server that was run once to see its version, and where it came from. */
export interface FoundServer {
  readonly path: string;
  readonly version: string;
  readonly source: "NATS_SERVER_BIN" | "path" | "cache" | "release" | "go" | "debian";
}

/** Everything can be left out: then this machine, this environment and the pinned release are meant. */
export interface FindOptions {
  /** Read for NATS_SERVER_BIN, PATH, XDG_CACHE_HOME and NATSTER_NATS_DOWNLOAD_URL. */
  env?: NodeJS.ProcessEnv;
  /** Where fetched and built servers are kept, one folder for each version. */
  cacheDirectory?: string;
  /** What stands in front of `/v2.15.1/nats-server-v2.15.1-….tar.gz`: for a mirror. */
  downloadUrl?: string;
  /** An archive of one's own instead of the pinned one. */
  archive?: ReleaseArchive;
  /** Milliseconds that the download may take to answer. Default 5 000: a machine without a way out finds out soon. */
  answerWithin?: number;
  /** Told, in a sentence, of every step that may take longer than a moment. */
  tell?: (step: string) => void;
}

/** The options with nothing left out: what each way of finding a server is given. */
export interface Search {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDirectory: string;
  readonly downloadUrl: string;
  readonly archive: ReleaseArchive | undefined;
  readonly answerWithin: number;
  readonly tell: (step: string) => void;
}

export function searchFor(options: FindOptions): Search {
  const env = options.env ?? process.env;
  return {
    env,
    cacheDirectory: options.cacheDirectory ?? defaultCacheDirectory(env, process.platform),
    downloadUrl: options.downloadUrl ?? (env["NATSTER_NATS_DOWNLOAD_URL"] || RELEASES_URL),
    archive: options.archive ?? releaseArchive(process.platform, process.arch),
    answerWithin: options.answerWithin ?? 5_000,
    tell: options.tell ?? (() => {}),
  };
}

/** The folder that each system keeps for what can be fetched again. */
export function defaultCacheDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = env["HOME"] || homedir();
  const own = join("natster", "nats-server");
  const xdg = env["XDG_CACHE_HOME"];
  // A relative path there is to be ignored, says the XDG Base Directory Specification.
  if (xdg && isAbsolute(xdg)) return join(xdg, own);
  if (platform === "darwin") return join(home, "Library", "Caches", own);
  if (platform === "win32") return join(env["LOCALAPPDATA"] || join(home, "AppData", "Local"), own);
  return join(home, ".cache", own);
}
