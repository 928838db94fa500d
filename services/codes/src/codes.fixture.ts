/** The codes service as a process of its own on a real nats-server, for a test file. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { jetstreamManager } from "@nats-io/jetstream";
import { headers } from "@nats-io/nats-core";
import { AccountKey, bucketStream, bucketSubject, type CodeId, type RequestOf } from "@natster/contracts";
import { codes, openCodes } from "@natster/contracts/codes";
import { client, connect, silentLog } from "@natster/micro";
import { provision } from "@natster/micro/provision";
import { startNatsServer } from "@natster/nats-server";
import { createKey, createOperator, formatCreds, keyFromSeed, parseCreds, userJwt } from "@natster/trust";

/** A device that owns an account. */
function createDevice(): string {
  const [account, user] = [createKey("account"), createKey("user")];
  return formatCreds(userJwt(account, { user: user.public, name: "owner", role: "owner", issuedAt: now() }), user);
}

const now = () => Math.floor(Date.now() / 1000);

/** A nats-server with everything that the service needs, and a way to ask as anybody. */
export async function startCodes() {
  await using undo = new AsyncDisposableStack();
  const administrator = AccountKey.parse(createKey("account").public);
  const directory = await mkdtemp(join(tmpdir(), "natster-codes-"));
  undo.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const operator = createOperator({ issuedAt: now() });
  const { operatorJwt: jwt, systemAccount, preload, creds, offline, lobby } = operator;
  const server = undo.use(await startNatsServer({ operator: { jwt, systemAccount, preload }, directory }));
  const ending = new AsyncDisposableStack();
  const dial = async (own: string) => {
    const connection = await connect({ servers: server.url, creds: own, name: "test", log: silentLog() });
    ending.defer(() => connection.close());
    return connection;
  };
  await provision(await dial(creds.bootstrap));
  const files = { NATS_CREDS: join(directory, "codes.creds"), NATS_STREAMS_CREDS: join(directory, "streams.creds") };
  await writeFile(files.NATS_CREDS, creds.codes, { mode: 0o600 });
  await writeFile(files.NATS_STREAMS_CREDS, creds["codes-streams"], { mode: 0o600 });
  const env = {
    NATS_URL: server.url,
    ...files,
    NATSTER_LOBBY: lobby.account,
    NATSTER_ADMINISTRATORS: administrator,
  };
  const user = createKey("user");
  const all = { allow: [">"] };
  const said = { user: user.public, name: "test", permissions: { pub: all, sub: all }, issuedAt: now() };
  const anywhereIn = (account: "platform" | "streams") =>
    dial(formatCreds(userJwt(keyFromSeed(offline[account], "account"), said), user));
  // Inside the platform's account the caller's token is typed by hand, as nats-server would.
  const inside = await anywhereIn("platform");
  const manager = await jetstreamManager(await anywhereIn("streams"));
  undo.use(ending);
  const stack = undo.move();
  return {
    administrator,
    lobby: lobby.account,
    /** Asks as an account, or through the lobby. */
    as: (account: string) => client(codes, inside, { subject: (said) => `${account}.${said}` }),
    /** Leaves an answer as a device that owns the issuer's account, which nats-server would say in this header. */
    async fulfil(said: RequestOf<typeof codes.endpoints.fulfil>) {
      const { jwt, key } = parseCreds(createDevice());
      const info = headers();
      info.set("Nats-Request-Info", JSON.stringify({ acc: administrator, user: key.public, jwt }));
      const subject = `${administrator}.${codes.endpoints.fulfil.subject}`;
      const reply = await inside.request(subject, JSON.stringify(said), { timeout: 2_000, headers: info });
      const refusal = reply.headers?.get("Nats-Service-Error");
      if (refusal) throw new Error(refusal);
    },
    /** For how long what is kept of a code was to live when it was written; undefined or empty where for good. */
    async lives(id: CodeId) {
      const subject = bucketSubject(openCodes.name, id);
      const kept = await manager.streams.getMessage(bucketStream(openCodes.name), { last_by_subj: subject });
      return kept?.header.get("Nats-TTL");
    },
    /** Starts the service, or another program that is it; resolves when it listens, or has ended. */
    launch: (more: Record<string, string> = {}, program = "main.ts") => launch(program, { ...env, ...more }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function launch(program: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url))], {
    env: { LOG_LEVEL: "debug", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said = text(child.stderr);
  const exited = once(child, "exit");
  const listening = new Promise<void>((resolve) =>
    child.stderr.on("data", (line) => String(line).includes("listening") && resolve()),
  );
  await Promise.race([exited, listening]);
  return { child, said, exited, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
