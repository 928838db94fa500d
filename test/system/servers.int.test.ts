/** What services tell of what comes to an end by itself, by what they are shown. */
import { X509Certificate } from "node:crypto";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchServers } from "@natster/accounts/servers";
import { connect, silentLog } from "@natster/micro";
import { startNatsServer } from "@natster/nats-server";
import { createOperator } from "@natster/trust";
import { expect, test } from "vitest";
import { createCertificates } from "../../deploy/src/certificates.ts";
import { readTls } from "../../services/web/src/tls.ts";

test("when the certificates of nats-server and of the page end is known, and how full its storage is", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "natster-servers-"));
  const { cert, key } = await createCertificates(["localhost"]);
  const files = { cert: join(folder.path, "tls.crt"), key: join(folder.path, "tls.key") };
  await Promise.all([writeFile(files.cert, cert), writeFile(files.key, key, { mode: 0o600 })]);
  const { creds, operatorJwt: jwt, ...operator } = createOperator({ issuedAt: Math.floor(Date.now() / 1_000) });
  await using server = await startNatsServer({
    operator: { ...operator, jwt },
    directory: join(folder.path, "nats"),
    websocket: { tls: files },
  });
  const streams = { servers: server.url, creds: creds["accounts-streams"], name: "accounts", log: silentLog() };
  await using undo = new AsyncDisposableStack();
  const connection = await connect(streams);
  undo.defer(() => connection.close());
  using servers = watchServers(connection);

  const certificateEnds = Date.parse(new X509Certificate(cert).validTo) / 1_000;
  await expect
    .poll(() => servers.figures, { timeout: 20_000 })
    .toEqual({
      certificateEnds,
      storageFill: 0,
      withoutStreams: 0,
    });
  expect(await readTls(files.cert, files.key)).toMatchObject({ ends: certificateEnds });
});
