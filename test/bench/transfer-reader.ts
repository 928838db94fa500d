/** Whoever downloads, as a process of its own: by the code that the CLI runs. */
import { mkdir, rm } from "node:fs/promises";
import type { FileEntry, FilePath } from "@natster/contracts/files";
import { type CatalogReader, openCatalog } from "@natster/files";
import { download, mirror } from "@natster/files/download";
import { connect, silentLog } from "@natster/micro";
import { parseCreds } from "@natster/trust";
import { doErrands, seconds } from "./errands.ts";
import type { Setup } from "./transfer-world.ts";

const setup = JSON.parse(process.argv[2] ?? "") as Setup;
const device = parseCreds(setup.reading);
const dial = () => connect({ servers: setup.url, creds: setup.reading, name: "reader", log: silentLog() });
const connection = await dial();
const { owner, catalog, grant } = setup;
const open = (over = connection) => openCatalog(over, { owner, catalog, grant, device });

const entryOf = async (reader: CatalogReader, path: string): Promise<FileEntry> => {
  for await (const entry of reader.entries()) if (entry.path === path) return entry;
  throw new Error(`${path} is not listed`);
};

const errands = {
  /** Seconds that one file takes, from the question for a session to its final name. */
  async download({ path, target }: { path: string; target: string }): Promise<number> {
    using reader = await open();
    const entry = await entryOf(reader, path);
    const took = await seconds(async () => {
      using fresh = await open();
      await download(fresh, entry, target);
    });
    await rm(target, { force: true });
    return took;
  },

  /** Seconds that so many listings of everything take, page by page, and how many files they have together. */
  async list({ times }: { times: number }): Promise<{ seconds: number; files: number }> {
    using reader = await open();
    let files = 0;
    const took = await seconds(async () => {
      for (let time = 0; time < times; time++) {
        for await (const { entries } of reader.pages()) files += entries.length;
      }
    });
    return { seconds: took, files };
  },

  /** Seconds that `natster get` takes for a folder. */
  async mirror({ folder, target }: { folder: string; target: string }): Promise<{ seconds: number; files: number }> {
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    using reader = await open();
    let files = 0;
    const took = await seconds(async () => {
      const done = await mirror(reader, target, { folder: folder as FilePath });
      if (done.failed > 0) throw done.failures[0]?.error ?? new Error("it failed");
      files = done.downloads;
    });
    await rm(target, { recursive: true, force: true });
    return { seconds: took, files };
  },

  /** Milliseconds until the first bytes of a file are there: of a session that is opened for it, and of one that is open. */
  async first({ path, count }: { path: string; count: number }): Promise<{ cold: number[]; seek: number[] }> {
    using reader = await open();
    const { digest, size } = await entryOf(reader, path);
    const length = 64 * 1024;
    const [cold, seek]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < count; turn++) {
      const offset = Math.floor(Math.random() * (size - length));
      cold.push(
        1000 *
          (await seconds(async () => {
            using fresh = await open();
            await fresh.read({ digest, offset, length });
          })),
      );
    }
    for (let turn = 0; turn < count; turn++) {
      const offset = Math.floor(Math.random() * (size - length));
      seek.push(1000 * (await seconds(() => reader.read({ digest, offset, length }))));
    }
    return { cold, seek };
  },

  /** Bytes that each of many readers, each on a connection of its own, has after so many seconds. */
  async together({ path, readers, during }: { path: string; readers: number; during: number }): Promise<number[]> {
    const connections = await Promise.all(Array.from({ length: readers }, dial));
    const opened = await Promise.all(connections.map(open));
    const entry = await entryOf(opened[0] as CatalogReader, path);
    const enough = AbortSignal.timeout(during * 1000);
    const hash = { update: () => {}, hex: () => entry.digest };
    const got = await Promise.all(
      opened.map(async (reader) => {
        let bytes = 0;
        const sink = { write: (_: number, { length }: Uint8Array) => Promise.resolve(void (bytes += length)) };
        while (!enough.aborted) {
          await reader.pull(entry, sink, hash, { signal: enough }).catch((error: unknown) => {
            if (!enough.aborted) throw error;
          });
        }
        return bytes;
      }),
    );
    for (const reader of opened) reader[Symbol.dispose]();
    await Promise.all(connections.map((each) => each.close()));
    return got;
  },
};
export type ReaderErrands = typeof errands;

await doErrands(errands, () => connection.close());
