/** Where transfers are measured: a nats-server, an owner who shares a catalog, and a reader who has taken it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type AccountKey, CatalogName } from "@natster/contracts";
import { startNatsServer } from "@natster/nats-server";
import { createDevice } from "@natster/person";
import { bundle } from "../../scripts/bundle.ts";
import { accountJwt, createKey, createOperator, formatCreds, keyFromSeed, signGrant, userJwt } from "@natster/trust";

/** What a process of the bench needs to know. */
export interface Setup {
  readonly url: string;
  readonly owner: AccountKey;
  readonly catalog: CatalogName;
  readonly grant: string;
  /** Creds: the reader's device, the owner's serving device, and of somebody who may do anything and has streams. */
  readonly reading: string;
  readonly serving: string;
  readonly anything: string;
}

export interface World extends AsyncDisposable {
  readonly setup: Setup;
  readonly directory: string;
  readonly nats: { readonly pid: number; readonly monitorUrl: string };
  /** Serves a folder in a process of its own; resolves when it serves. */
  serve(root: string): Promise<Serving>;
  /** Where a program of this folder is as it would be shipped: in one file, without types. */
  shipped(file: string): Promise<string>;
}

export interface Serving extends AsyncDisposable {
  readonly pid: number;
}

/** Starts it, in operator mode as in life. The grant is real: nats-server admits the reader by it, and nothing else. */
export async function startWorld(): Promise<World> {
  await using undo = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "natster-transfer-"));
  undo.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const issuedAt = Math.floor(Date.now() / 1000) - 60;
  const operator = createOperator({ issuedAt });
  const signer = keyFromSeed(operator.signingKey, "operator");
  const catalog = CatalogName.parse("films");
  const [owner, reader] = [createKey("account"), createKey("account")];
  const grant = signGrant(owner, { recipient: reader.public, catalog, issuedAt });
  const person = { status: "open", administrator: false, userRevocations: {}, limits: { conn: -1 } } as const;
  const { platform } = operator;
  const jwts = {
    [owner.public]: accountJwt(
      { ...person, account: owner.public, exports: [{ catalog, revocations: {} }], imports: [] },
      { signer, platform, issuedAt },
    ),
    [reader.public]: accountJwt(
      { ...person, account: reader.public, exports: [], imports: [{ owner: owner.public, catalog, grant }] },
      { signer, platform, issuedAt },
    ),
  };
  const nats = undo.use(
    await startNatsServer({
      directory: join(directory, "nats"),
      operator: {
        jwt: operator.operatorJwt,
        systemAccount: operator.systemAccount,
        preload: { ...operator.preload, ...jwts },
      },
      // An object store is to be read at its best.
      syncAlways: false,
    }),
  );
  const free = createKey("user");
  const all = { allow: [">"] };
  const setup: Setup = {
    url: nats.url,
    owner: owner.public,
    catalog,
    grant,
    reading: createDevice(reader, { name: "reader", role: "owner" }),
    serving: createDevice(owner, { name: "server", role: "server" }),
    anything: formatCreds(
      userJwt(keyFromSeed(operator.offline.streams, "account"), {
        user: free.public,
        name: "bench",
        permissions: { pub: all, sub: all },
        issuedAt,
      }),
      free,
    ),
  };
  const creds = join(directory, "serving.creds");
  await writeFile(creds, setup.serving, { mode: 0o600 });
  const ship = async (entry: string): Promise<string> => {
    const folder = join(directory, "shipped", basename(dirname(dirname(entry))), basename(entry, ".ts"));
    await bundle(entry, folder);
    return join(folder, "main.js");
  };
  const opened = undo.move();
  return {
    setup,
    directory,
    nats,
    serve: async (root) => {
      const main = await ship(join(import.meta.dirname, "../../services/file-server/src/main.ts"));
      return await startServing({ main, url: nats.url, creds, catalog, root, cache: join(directory, "cache") });
    },
    shipped: (file) => ship(join(import.meta.dirname, file)),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** The real file-server, as a process. */
async function startServing(of: {
  readonly main: string;
  readonly url: string;
  readonly creds: string;
  readonly catalog: string;
  readonly root: string;
  readonly cache: string;
}): Promise<Serving> {
  await mkdir(of.cache, { recursive: true });
  const child = spawn(process.execPath, [...process.execArgv, of.main], {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      PATH: process.env["PATH"],
      LOG_LEVEL: "debug",
      NATS_URL: of.url,
      NATS_CREDS: of.creds,
      NATSTER_CATALOG: of.catalog,
      NATSTER_ROOT: of.root,
      NATSTER_CACHE: of.cache,
    },
  });
  const ended = once(child, "close");
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (said.length < 100_000) said += text;
      if (said.includes('"listening"')) resolve();
    });
    void ended.then(([code]) => reject(new Error(`the file-server ended with ${code}: ${said}`)));
  });
  return {
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
