/** The codes service as a process of its own, on a real nats-server, with nothing but its own creds. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { AccountKey } from "@natster/contracts";
import { codes } from "@natster/contracts/codes";
import { client, connect, silentLog } from "@natster/micro";
import { provision } from "@natster/micro/provision";
import { startNatsServer } from "@natster/nats-server";
import {
  claimMac,
  codeKeys,
  createCode,
  createKey,
  createOperator,
  formatCreds,
  keyFromSeed,
  signRegistration,
  userJwt,
} from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const administrator = AccountKey.parse(createKey("account").public);
const now = () => Math.floor(Date.now() / 1000);
const undo = new AsyncDisposableStack();
let env: Record<string, string>;
let inside: NatsConnection;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "natster-codes-"));
  undo.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const operator = createOperator({ issuedAt: now() });
  const { operatorJwt: jwt, systemAccount, preload, creds, offline, lobby } = operator;
  const server = undo.use(await startNatsServer({ operator: { jwt, systemAccount, preload }, directory }));
  const dial = async (own: string) => {
    const connection = await connect({ servers: server.url, creds: own, name: "test", log: silentLog() });
    undo.defer(() => connection.close());
    return connection;
  };
  await provision(await dial(creds.bootstrap));
  const files = { NATS_CREDS: join(directory, "codes.creds"), NATS_STREAMS_CREDS: join(directory, "streams.creds") };
  await writeFile(files.NATS_CREDS, creds.codes);
  await writeFile(files.NATS_STREAMS_CREDS, creds["codes-streams"]);
  env = { NATS_URL: server.url, ...files, NATSTER_LOBBY: lobby.account, NATSTER_ADMINISTRATORS: administrator };
  // Inside the platform's account the caller's token is typed by hand, as nats-server would.
  const user = createKey("user");
  const all = { allow: [">"] };
  const permissions = { pub: all, sub: all };
  const platform = keyFromSeed(offline.platform, "account");
  inside = await dial(
    formatCreds(userJwt(platform, { user: user.public, name: "test", permissions, issuedAt: now() }), user),
  );
});
afterAll(() => undo.disposeAsync());

async function launch(more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [fileURLToPath(new URL("main.ts", import.meta.url))], {
    env: { ...env, LOG_LEVEL: "debug", ...more },
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

const as = (account: string) => client(codes, inside, { subject: (said) => `${account}.${said}` });
const answerTo = "A".repeat(43);
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

test("it issues and lets one claim, ends in order on SIGTERM, and says nothing that it need not", async () => {
  await using process = await launch();
  const code = createCode("enrol");
  const { gate, peer } = await codeKeys(code);
  await as(administrator).issue({ id: code.id, offer: { purpose: "enrol" }, gate: base64url(gate), expiresIn: 60 });

  const claims = await Promise.allSettled(
    [1, 2, 3].map(() => {
      const key = createKey("account");
      const registration = signRegistration(key, { code: code.id }, now());
      const transcript = { account: key.public, user: createKey("user").public, answerTo, claims: registration };
      const macs = { gate: claimMac(gate, code.id, transcript), peer: claimMac(peer, code.id, transcript) };
      return as(env["NATSTER_LOBBY"] ?? "").claim({ id: code.id, transcript, ...macs });
    }),
  );
  expect(claims.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const lost = claims.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
  expect(lost).toMatchObject([1, 2].map(() => ({ reason: "code_claimed", code: 409 })));

  process.child.kill("SIGTERM");
  expect(await process.exited).toEqual([0, null]);
  const lines = (await process.said).trim().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["listening"]);
});

test("a code that has run out is unknown, like one that never was", async () => {
  await using _process = await launch();
  const code = createCode("enrol");
  const { gate, peer } = await codeKeys(code);
  const key = createKey("account");
  const transcript = {
    account: key.public,
    user: createKey("user").public,
    answerTo,
    claims: signRegistration(key, { code: code.id }, now()),
  };
  const macs = { gate: claimMac(gate, code.id, transcript), peer: claimMac(peer, code.id, transcript) };
  const claim = () => as(key.public).claim({ id: code.id, transcript, ...macs });
  await expect(claim()).rejects.toMatchObject({ reason: "code_unknown", code: 404 });
  await as(administrator).issue({ id: code.id, offer: { purpose: "enrol" }, gate: base64url(gate), expiresIn: 1 });
  // For a while nats-server keeps a mark without a body where the entry was.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await vi.waitFor(() => expect(claim()).rejects.toMatchObject({ reason: "code_unknown" }), 5_000);
});

test("a wrong setting is one line, and ends with 2", async () => {
  await using process = await launch({ NATSTER_ADMINISTRATORS: "kim" });
  expect(await process.exited).toEqual([2, null]);
  expect(await process.said).toMatch(/^codes: cannot start: NATSTER_ADMINISTRATORS: [^\n]*\n$/);
});
