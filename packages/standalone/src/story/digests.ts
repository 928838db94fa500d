/** What is in a folder, told by nobody but the disk: the digest of every file, computed here and now. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** SHA-256 of each of these files, as lines `digest  path`, in order. */
export async function digestsOf(folder: string, paths: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const path of paths.toSorted()) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(folder, path)), hash);
    lines.push(`${hash.digest("hex")}  ${path}`);
  }
  return lines.join("\n");
}
