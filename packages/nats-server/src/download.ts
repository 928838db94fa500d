import { createHash } from "node:crypto";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BINARY, keep, openWorkshop } from "./cache.ts";
import { runCommand } from "./command.ts";
import type { FoundServer, Search } from "./search.ts";

/** A slow line may be slow, as long as bytes arrive. */
const NEXT_BYTES_WITHIN = 20_000;

/** The official archive of the release: fetched, held against its pinned checksum, unpacked, run once and kept. */
export async function fromRelease(search: Search): Promise<FoundServer> {
  const { archive, downloadUrl, answerWithin, tell } = search;
  if (!archive) throw new Error(`no checksum is pinned for ${process.platform} on ${process.arch}`);
  const file = `${archive.name}.${archive.ending}`;
  const url = `${downloadUrl}/v${archive.version}/${file}`;

  await using workshop = await openWorkshop(search);
  const downloaded = join(workshop.directory, file);
  tell(`Downloading nats-server ${archive.version} from ${url}`);
  const sha256 = await download(url, downloaded, answerWithin);
  if (sha256 !== archive.sha256) {
    throw new Error(`${url} was refused: its SHA-256 is ${sha256}, and ${archive.sha256} is pinned`);
  }
  await unpack(downloaded, workshop.directory);
  if (!(await readdir(workshop.directory)).includes(archive.name)) throw new Error(`${file} holds no ${archive.name}`);
  return { ...(await keep(join(workshop.directory, archive.name, BINARY), search)), source: "release" };
}

/** Writes what `url` answers to `path` and resolves to its SHA-256, in hex. */
async function download(url: string, path: string, answerWithin: number): Promise<string> {
  const patience = new AbortController();
  const giveUp = (reason: string) => () => patience.abort(new Error(reason));
  let timer = setTimeout(giveUp(`${url} did not answer within ${answerWithin / 1000} s`), answerWithin);
  try {
    const response = await fetch(url, { signal: patience.signal });
    if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);

    clearTimeout(timer);
    timer = setTimeout(giveUp(`${url} stopped sending`), NEXT_BYTES_WITHIN);
    const hash = createHash("sha256");
    await using file = await open(path, "wx");
    for await (const bytes of response.body) {
      timer.refresh();
      hash.update(bytes);
      await file.writeFile(bytes);
    }
    return hash.digest("hex");
  } finally {
    clearTimeout(timer);
  }
}

/** With the system's own tar. The one of Windows reads zip as well, but another may come before it on the path. */
async function unpack(archive: string, directory: string): Promise<void> {
  const windows = join(process.env["SystemRoot"] ?? "C:\\Windows", "System32", "tar.exe");
  const tar = process.platform === "win32" ? windows : "tar";
  const flags = archive.endsWith(".zip") ? "-xf" : "-xzf";
  await runCommand(tar, [flags, archive, "-C", directory], { timeout: 60_000 });
}
