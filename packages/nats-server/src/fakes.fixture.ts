import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand } from "./command.ts";
import type { ReleaseArchive } from "./release.ts";

/** A folder of a test's own, gone with its scope. */
export async function openFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "natster-nats-server-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A script that says it is a nats-server of some version. */
export async function fakeServer(path: string, version: string): Promise<string> {
  return fakeCommand(path, `echo "nats-server: v${version}"`);
}

export async function fakeCommand(path: string, script: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** A release archive around a fake server, with its true checksum. */
export async function fakeRelease(
  folder: string,
  version: string,
): Promise<{ archive: ReleaseArchive; bytes: Buffer }> {
  const name = `nats-server-v${version}-test`;
  await fakeServer(join(folder, name, "nats-server"), version);
  const file = join(folder, `${name}.tar.gz`);
  await runCommand("tar", ["-czf", file, "-C", folder, name], { timeout: 10_000 });
  const bytes = await readFile(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { archive: { version, name, ending: "tar.gz", sha256 }, bytes };
}

/** An HTTP server on loopback that answers as told. */
export async function openHttp(answer: RequestListener): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
