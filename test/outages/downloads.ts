/** A folder that somebody serves, and somebody else who downloads it again and again, as long as a fault or a roll goes on. */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CatalogName } from "@natster/contracts";
import { serveCatalog } from "@natster/file-server";
import { mirror } from "@natster/files/download";
import { NoAnswerError, NobodyAnswersError, silentLog } from "@natster/micro";
import { accept, connectDevice, createDevice, readCatalog, share } from "@natster/person";
import type { TestPerson } from "@natster/testing";
import type { Containers } from "../containers/system.ts";

/** What is downloaded, and by whom. */
export interface DownloadsOptions {
  readonly system: Pick<Containers, "place">;
  readonly owner: TestPerson;
  readonly reader: TestPerson;
  readonly bytes: number;
  /** Milliseconds between one and the next; none where nothing is said. */
  readonly pause?: number;
  /** Whether what was begun is begun again while the file-server looks for another nats-server, and goes on. */
  readonly insists?: boolean;
}

/** Downloads that go on. */
export interface Downloads extends AsyncDisposable {
  /** How many were finished, each with the right digest. */
  readonly finished: number;
  /** Resolves when the one under way is finished; fails with whatever ended them. */
  end(): Promise<number>;
}

const catalog = CatalogName.parse("sea");
const file = "sea.bin";

/** Serves one file of random bytes and begins to download it, again each time that it has come. */
export async function startDownloads(options: DownloadsOptions): Promise<Downloads> {
  const { system, owner, reader, bytes, pause = 0, insists = false } = options;
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "natster-downloads-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const digest = await serve(undo, system, owner, reader, join(folder, "served"), randomBytes(bytes));

  let [finished, over] = [0, false];
  const download = async (from: Awaited<ReturnType<typeof readCatalog>>) => {
    const target = join(folder, "got");
    const { failures } = await mirror(from, target);
    if (failures.length > 0) throw failures[0]?.error;
    if (sha256(await readFile(join(target, file))) !== digest) throw new Error("a download has another digest");
    await rm(target, { recursive: true });
  };
  const working = (async () => {
    using from = await readCatalog(reader, { owner: owner.account, catalog });
    for (; !over; await sleep(pause)) {
      await (insists ? goingOn(() => download(from)) : download(from));
      finished++;
    }
  })();
  // Whoever ends them is told of it.
  working.catch(() => {});
  undo.defer(async () => {
    over = true;
    await working.catch(() => {});
  });
  const ending = undo.move();
  return {
    get finished() {
      return finished;
    },
    async end() {
      over = true;
      await working;
      return finished;
    },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

/** As a person does who finds nobody. */
async function goingOn(download: () => Promise<void>): Promise<void> {
  for (const until = Date.now() + 60_000; ; await sleep(250)) {
    try {
      return await download();
    } catch (error) {
      const isAway = error instanceof NobodyAnswersError || error instanceof NoAnswerError;
      if (!isAway || Date.now() > until) throw error;
    }
  }
}

/** Serves a folder with one file, which the reader may read; resolves with the file's digest. */
async function serve(
  scope: AsyncDisposableStack,
  { place }: Pick<Containers, "place">,
  owner: TestPerson,
  reader: TestPerson,
  root: string,
  content: Uint8Array,
): Promise<string> {
  await mkdir(root);
  await writeFile(join(root, file), content);
  await owner.catalog.create({ catalog });
  const creds = createDevice(owner.key, { name: "server", role: "server" });
  const { connection, device } = scope.use(await connectDevice(place, creds, "server"));
  const served = await serveCatalog({ connection, device, catalog, root, log: silentLog() });
  scope.defer(() => served.stop());
  await share(owner, owner.key, { catalog, recipient: reader.account });
  await accept(reader, { owner: owner.account, catalog });
  return sha256(content);
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
