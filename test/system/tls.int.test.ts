/** `tls://` in an address: what a command line does with it, on a real nats-server, and on one that is none. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPage } from "node:https";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { findNatsServer } from "@natster/nats-server";
import { createKey } from "@natster/trust";
import { expect, onTestFinished, test, vi } from "vitest";
import { createCertificates } from "../../deploy/src/certificates.ts";
import { explain } from "../../packages/cli/src/explain.ts";
import { authorityToKeep } from "../../packages/cli/src/context/authority.ts";
import { keepAuthority, openContext, writeContext } from "../../packages/cli/src/context/context.ts";
import { made, ownHome } from "../../packages/cli/src/context/home.fixture.ts";
import { placeOf } from "../../packages/cli/src/system/place.ts";

const { public: platform } = createKey("account");
const lobby = { account: platform, seed: "" };
/** Dials as whoever has a context with an authority does, or with none. */
const dialAt = (server: string, ca?: string, within = 20_000) =>
  placeOf(
    { servers: [server], platform, lobby, ...(ca !== undefined && { authority: { file: "some/ca.crt", pem: ca } }) },
    within,
  ).dial({ servers: [server], user: "alice", pass: "secret" });

interface Tls {
  readonly port: number;
  /** Of its WebSocket, which needs no TLS less. */
  readonly websocket: number;
  readonly ca: string;
}

/** A nats-server that speaks TLS alone, with a certificate for these names by an authority that nobody here knows yet. */
async function startTls(...names: string[]): Promise<Tls> {
  const folder = mkdtempSync(join(tmpdir(), "natster-tls-"));
  const { ca, cert, key } = await createCertificates(names);
  writeFileSync(join(folder, "cert"), cert);
  writeFileSync(join(folder, "key"), key, { mode: 0o600 });
  const tls = `tls { cert_file: "${join(folder, "cert")}", key_file: "${join(folder, "key")}" }`;
  writeFileSync(
    join(folder, "conf"),
    `host: 127.0.0.1
     port: -1
     ports_file_dir: "${folder}"
     authorization { user: alice, password: secret }
     ${tls}
     websocket { host: 127.0.0.1, port: -1, ${tls} }`,
  );
  const { path } = await findNatsServer();
  const server = spawn(path, ["--config", join(folder, "conf")], { stdio: "ignore" });
  const ended = once(server, "exit");
  onTestFinished(async () => {
    server.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const ports = join(folder, `nats-server_${server.pid}.ports`);
  const portOf = (of: string) => Number(new RegExp(`"${of}://[^"]*:(\\d+)"`).exec(readFileSync(ports, "utf8"))?.[1]);
  await expect.poll(() => attempt(() => portOf("wss")), { timeout: 20_000 }).toBeGreaterThan(0);
  return { port: portOf("(?:nats|tls)"), websocket: portOf("wss"), ca };
}

/** Has this process trust an authority, to the end of the test. */
function trust(ca: string): void {
  const before = getCACertificates("default");
  onTestFinished(() => setDefaultCACertificates(before));
  setDefaultCACertificates([...before, ca]);
}

const attempt = (read: () => number): number => {
  try {
    return read();
  } catch {
    return 0;
  }
};

test("tls:// reaches a nats-server whose authority is known, and no other", async () => {
  const { port, ca } = await startTls("localhost", "127.0.0.1");
  await expect(dialAt(`tls://localhost:${port}`)).rejects.toThrow(/certificate/);

  trust(ca);
  for (const host of ["localhost", "127.0.0.1"]) {
    const connection = await dialAt(`tls://${host}:${port}`);
    expect(connection.info, host).toMatchObject({ tls_required: true });
    expect(await connection.rtt(), host).toBeGreaterThanOrEqual(0);
    await connection.close();
  }
});

test("an authority that a context has is believed over tls:// and wss://, and for that context alone", async () => {
  const { port, websocket, ca } = await startTls("localhost");
  // It has the same name: only the signature tells the two apart.
  const other = await createCertificates(["localhost"]);
  for (const server of [`tls://localhost:${port}`, `wss://localhost:${websocket}`]) {
    const connection = await dialAt(server, ca);
    expect(await connection.rtt(), server).toBeGreaterThanOrEqual(0);
    await connection.close();

    await expect(dialAt(server), server).rejects.toThrow(/certificate|signature/);
    const refused: unknown = await dialAt(server, other.ca).catch((error: unknown) => error);
    expect(explain(refused), server).toEqual({
      what: "the certificate of the system is not by the authority in some/ca.crt",
      next: "the same with --ca FILE, the authority (ca.crt) that whoever runs the system gives you",
    });
  }
});

test("an authority that somebody names is kept with the context that needs it, and NATS's own tool is told of it", async () => {
  ownHome();
  const { port, ca } = await startTls("localhost");
  const named = { file: "given.crt", pem: ca };
  const toolOf = (directory: string) => JSON.parse(readFileSync(join(directory, "nats.json"), "utf8"));

  const secured = await writeContext("secured", { ...made(), servers: [`tls://localhost:${port}`] });
  expect(secured.authority).toBeUndefined();
  const kept = await keepAuthority(secured, named);
  const file = join(kept.directory, "ca.crt");
  expect(kept.authority).toEqual({ file, pem: ca });
  expect(toolOf(kept.directory)).toMatchObject({ ca: file, creds: join(kept.directory, "device.creds") });
  // Written again without a word of it, it stays.
  await writeContext("secured", { ...made(), servers: [`tls://localhost:${port}`] });
  expect((await openContext("secured")).authority).toEqual({ file, pem: ca });

  const plain = await keepAuthority(await writeContext("plain", made()), named);
  expect(plain.authority).toBeUndefined();
  expect(toolOf(plain.directory)).not.toHaveProperty("ca");
});

test("an authority that this machine does not know is named, over wss:// as over tls://, and kept where it is needed", async () => {
  const { port } = await startTls("localhost");
  const { ca, cert, key } = await createCertificates(["localhost"]);
  const page = createPage({ cert, key });
  onTestFinished(() => void page.close());
  await once(page.listen(0, "127.0.0.1"), "listening");
  const address = page.address();
  const host = `localhost:${typeof address === "object" ? address?.port : ""}`;
  for (const server of [`tls://localhost:${port}`, `wss://${host}/nats`]) {
    const refused: unknown = await dialAt(server).catch((error: unknown) => error);
    expect(explain(refused), server).toMatchObject({
      what: expect.stringContaining("an authority that this machine does not know"),
      next: expect.stringContaining("--ca FILE"),
    });
  }

  const file = join(mkdtempSync(join(tmpdir(), "natster-ca-")), "ca.crt");
  onTestFinished(() => rmSync(dirname(file), { recursive: true }));
  writeFileSync(file, ca);
  vi.stubEnv("NODE_EXTRA_CA_CERTS", file);
  onTestFinished(() => void vi.unstubAllEnvs());
  const toKeep = (page: string, kept?: string) => authorityToKeep({ servers: [], page }, undefined, kept);
  expect(await toKeep(`https://${host}/`)).toBe(ca);
  // It is of no use there, and so it is not kept; nor is anything forgotten where nobody answers.
  expect(await toKeep(`https://localhost:${port}/`)).toBeUndefined();
  expect(await toKeep("https://localhost:2/", "what was kept")).toBe("what was kept");
});

test("tls:// demands a certificate for the address itself, an IP too", async () => {
  const { port, ca } = await startTls("localhost");
  trust(ca);
  await (await dialAt(`tls://localhost:${port}`)).close();
  await expect(dialAt(`tls://127.0.0.1:${port}`)).rejects.toThrow(/IP: 127\.0\.0\.1 is not/);
});

test("tls:// tells nothing of who is there to a server that does without TLS, as one in between might", async () => {
  const told: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("data", (bytes) => told.push(bytes)).on("error", () => undefined);
    socket.write(`INFO ${JSON.stringify({ server_id: "X", version: "2.15.0", max_payload: 1_048_576, proto: 1 })}\r\n`);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;

  await expect(dialAt(`tls://127.0.0.1:${port}`)).rejects.toThrow(/tls/i);
  expect(Buffer.concat(told).toString("latin1")).not.toMatch(/CONNECT|alice|secret/);
  // The same server, asked without: this is what would have been told.
  const asking = dialAt(`nats://127.0.0.1:${port}`, undefined, 5_000).catch(() => undefined);
  await expect.poll(() => Buffer.concat(told).toString("latin1")).toMatch(/CONNECT.*alice/);
  for (const socket of sockets) socket.destroy();
  await asking;
});
