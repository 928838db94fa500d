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
import { authorityOf } from "../../packages/cli/src/context/authority.ts";
import { placeOf } from "../../packages/cli/src/system/place.ts";

const { public: platform } = createKey("account");
const lobby = { account: platform, seed: "" };
const dialAt = (server: string) =>
  placeOf({ servers: [server], platform, lobby }, 5_000).dial({ servers: [server], user: "alice", pass: "secret" });

/** A nats-server that speaks TLS alone, with a certificate for these names by an authority that nobody here knows yet. */
async function startTls(...names: string[]): Promise<{ readonly port: number; readonly ca: string }> {
  const folder = mkdtempSync(join(tmpdir(), "natster-tls-"));
  const { ca, cert, key } = await createCertificates(names);
  writeFileSync(join(folder, "cert"), cert);
  writeFileSync(join(folder, "key"), key, { mode: 0o600 });
  const files = [
    "--tls",
    "--tlscert",
    join(folder, "cert"),
    "--tlskey",
    join(folder, "key"),
    "--ports_file_dir",
    folder,
  ];
  const { path } = await findNatsServer();
  const server = spawn(path, ["-a", "127.0.0.1", "-p", "-1", "--user", "alice", "--pass", "secret", ...files], {
    stdio: "ignore",
  });
  const ended = once(server, "exit");
  onTestFinished(async () => {
    server.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const ports = join(folder, `nats-server_${server.pid}.ports`);
  const portOf = () => Number(/:(\d+)"/.exec(readFileSync(ports, "utf8"))?.[1]);
  await expect.poll(() => attempt(portOf)).toBeGreaterThan(0);
  return { port: portOf(), ca };
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
      next: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
  }

  const file = join(mkdtempSync(join(tmpdir(), "natster-ca-")), "ca.crt");
  onTestFinished(() => rmSync(dirname(file), { recursive: true }));
  writeFileSync(file, ca);
  vi.stubEnv("NODE_EXTRA_CA_CERTS", file);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await authorityOf(`https://${host}/`, undefined)).toBe(ca);
  // It is of no use there, and so it is not kept; nor is anything forgotten where nobody answers.
  expect(await authorityOf(`https://localhost:${port}/`, undefined)).toBeUndefined();
  expect(await authorityOf("https://localhost:2/", "what was kept")).toBe("what was kept");
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
  const asking = dialAt(`nats://127.0.0.1:${port}`).catch(() => undefined);
  await expect.poll(() => Buffer.concat(told).toString("latin1")).toMatch(/CONNECT.*alice/);
  for (const socket of sockets) socket.destroy();
  await asking;
});
