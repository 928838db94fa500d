/** Two people, a catalog that is served by a process of its own, and readers that are processes too. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CatalogName } from "@natster/contracts";
import { mirror } from "@natster/files/download";
import { accept, createDevice, readCatalog, share } from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { expect } from "vitest";
import { nameOf, type Order, type Told, toldOf } from "./reader.fixture.ts";

export const MiB = 1024 * 1024;
export const films = CatalogName.parse("films");
/** The largest file. */
export const film = "a/film.bin";

/** A reader that runs. */
export interface Reader {
  readonly child: ChildProcess;
  /** Resolves when so many bytes have come, or it has ended. */
  reaches(bytes: number): Promise<void>;
  /**
   * How it ended: `done`, what failed and why, or the signal that killed it. Nobody stops it: it has to end by itself,
   * whatever is done to it.
   */
  readonly ended: Promise<string>;
}

export interface Stage extends AsyncDisposable {
  readonly system: TestSystem;
  readonly owner: TestPerson;
  readonly reader: TestPerson;
  /** The folder that is served. */
  readonly root: string;
  /** Of all files together, as they were at first. */
  readonly bytes: number;
  newTarget(): Promise<string>;
  /** Starts a reader; `url` is where it finds nats-server, `within` a command that it is run by. */
  read(target: string, options?: { readonly url?: string; readonly within?: readonly string[] }): Reader;
  /** The same in this process, for when nothing is to happen to the reader; resolves with how it ended. */
  readHere(target: string): Promise<string>;
  /** Resolves when the catalog lists what is in its folder. */
  indexed(): Promise<void>;
  /** Kills the file-server and starts another. */
  crashServer(): Promise<void>;
}

const main = fileURLToPath(import.meta.resolve("@natster/file-server")).replace(/mod\.ts$/, "main.ts");
const readerScript = fileURLToPath(new URL("./reader-process.fixture.ts", import.meta.url));

/** Opens it with one file that takes a while, one that does not, and many small ones. */
export async function openStage(): Promise<Stage> {
  await using undo = new AsyncDisposableStack();
  const system = undo.use(await startSystem());
  const [owner, reader] = [await system.person(), await system.person()];
  const root = join(system.directory, "films");
  const content: Record<string, Uint8Array> = { [film]: randomBytes(24 * MiB), "b.bin": randomBytes(3 * MiB + 7) };
  for (let number = 0; number < 200; number++) content[`small/${number % 9}/${number}`] = randomBytes(number * 41);
  for (const [path, bytes] of Object.entries(content)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
  await owner.catalog.create({ catalog: films });
  await share(owner, owner.key, { catalog: films, recipient: reader.account });
  await accept(reader, { owner: owner.account, catalog: films });

  const creds = async (name: string, text: string) => {
    const path = join(system.directory, `${name}.creds`);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const serverCreds = await creds("server", createDevice(owner.key, { name: "server", role: "server" }));
  const readerCreds = await creds("reader", createDevice(reader.key, { name: "reader", role: "owner" }));
  const { url } = system.platform.nats;
  const serve = () =>
    startServer({
      NATS_URL: url,
      NATS_CREDS: serverCreds,
      NATSTER_CATALOG: films,
      NATSTER_ROOT: root,
      NATSTER_CACHE: join(system.directory, "cache"),
      NATSTER_STATE: join(system.directory, "state"),
    });
  let server = await serve();
  undo.defer(() => kill(server));
  const { dial: _, ...place } = system.platform.place;
  const opened = undo.move();
  return {
    system,
    owner,
    reader,
    root,
    bytes: Object.values(content).reduce((sum, { length }) => sum + length, 0),
    newTarget: () => mkdtemp(join(system.directory, "target-")),
    read(target, { url: at = url, within = [] } = {}) {
      const address = { owner: owner.account, catalog: films };
      const order: Order = { place: { ...place, servers: [at] }, creds: readerCreds, ...address, target };
      const [command, ...args] = [...within, process.execPath, readerScript, JSON.stringify(order)];
      const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
      opened.defer(() => kill(child));
      return follow(child);
    },
    async readHere(target) {
      try {
        using catalog = await readCatalog(reader, { owner: owner.account, catalog: films });
        return toldOf((await mirror(catalog, target)).failures);
      } catch (error) {
        return nameOf(error);
      }
    },
    async indexed() {
      const listed = async () => {
        using catalog = await readCatalog(reader, { owner: owner.account, catalog: films });
        const entries = await Array.fromAsync(catalog.entries());
        return new Map(entries.map(({ path, digest }): [string, string] => [path, digest]));
      };
      await expect.poll(listed).toEqual(await contentOf(root));
    },
    async crashServer() {
      await kill(server);
      server = await serve();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Starts a file-server; resolves when it answers. */
async function startServer(environment: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [main], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env["PATH"], LOG_LEVEL: "debug", ...environment },
  });
  let said = "";
  const answers = Promise.withResolvers<void>();
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (said.includes('"listening"')) return;
    said += text;
    if (said.includes('"listening"')) answers.resolve();
  });
  child.once("close", () => answers.reject(new Error(`the file-server ended: ${said}`)));
  await answers.promise;
  return child;
}

function follow(child: ChildProcess): Reader {
  let [bytes, how] = [0, ""];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const each of waiting) each();
  };
  if (!child.stdout) throw new Error("a reader that nobody hears");
  createInterface({ input: child.stdout }).on("line", (line) => {
    const told: Told = JSON.parse(line);
    if ("bytes" in told) ({ bytes } = told);
    else how = told.ended;
    wake();
  });
  let over = false;
  const ended = once(child, "close").then(([code, signal]) => {
    over = true;
    wake();
    return how || String(signal ?? `code ${code}`);
  });
  return {
    child,
    ended,
    reaches: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (bytes < wanted && !over) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Ends a process at once, and waits until it has. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "close");
  child.kill("SIGKILL");
  await gone;
}

/** The files below a folder, each with the digest of its content, but for what a mirror keeps for itself. */
export async function contentOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const shown = paths.map((path) => path.slice(folder.length + 1)).filter((path) => !path.startsWith(".natster/"));
  const found = shown.toSorted().map(async (path) => [path, digestOf(await readFile(join(folder, path)))] as const);
  return new Map(await Promise.all(found));
}

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What a mirror has left behind that is neither its memory nor its lock. */
export async function leftovers(target: string): Promise<string[]> {
  const all = await readdir(join(target, ".natster"), { recursive: true });
  return all.filter((name) => !/^(lock|parts|mirror\.sqlite(-wal|-shm)?)$/.test(name));
}
