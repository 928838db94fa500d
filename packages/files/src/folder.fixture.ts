/** A folder on the disk for one test. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface TestFolder extends AsyncDisposable {
  readonly path: string;
  /** The path of something in it. */
  at(path: string): string;
  /** Writes a file, with the folders that lead there. */
  put(path: string, content?: string | Uint8Array): Promise<void>;
}

/** Makes an empty folder that is gone at the end of the scope. */
export async function testFolder(): Promise<TestFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "natster-folder-")));
  const at = (below: string) => join(path, below);
  return {
    path,
    at,
    async put(below, content = below) {
      await mkdir(dirname(at(below)), { recursive: true });
      await writeFile(at(below), content);
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
