/** A nats-server with the routes of a cluster, as `prepare` configures them. */
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { startNatsServer } from "@natster/nats-server";
import { openInstallation } from "@natster/standalone";
import { freePorts } from "@natster/standalone/free-ports";
import { expect, onTestFinished, test } from "vitest";
import { certify } from "./certify.ts";
import { cluster } from "./nats-config.ts";
import { put } from "./put.ts";

/** What a server says first to whoever opens a route with this certificate; what came of it where it says nothing. */
async function opens(port: number, folder: string, ca: string, name: string): Promise<string> {
  const [cert, key, trusted] = await Promise.all(
    [`${name}.crt`, `${name}.key`, ca].map((file) => readFile(join(folder, file), "utf8")),
  );
  const route = connect({ port, host: "127.0.0.1", servername: "nats-1", cert, key, ca: trusted });
  try {
    const [said] = await Promise.race([once(route, "data"), once(route, "end").then(() => ["hung up"])]);
    return String(said);
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  } finally {
    route.destroy();
  }
}

test("a server opens a route to another one, and to nobody who has what web or its own clients are shown", async () => {
  const state = await mkdtemp(join(tmpdir(), "natster-routes-"));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  const nats = join(state, "nats");
  const { operatorJwt: jwt, systemAccount, preload } = await openInstallation(join(state, "keys"));
  await certify(state, { servers: ["nats-1", "nats-2"], hosts: ["localhost"] });
  const [port = 0] = await freePorts(1);
  const routes = cluster(["nats-1"])
    .replaceAll("/etc/natster", nats)
    .replace("0.0.0.0:6222", `127.0.0.1:${port}`)
    .replace("tls://nats-1:6222", `tls://localhost:${port}`);
  const options = { operator: { jwt, systemAccount, preload }, directory: join(state, "data"), syncAlways: false };
  await using _ = await startNatsServer({ ...options, name: "nats-1", extra: routes });

  expect(await opens(port, nats, "routes-ca.crt", "routes")).toMatch(/^INFO .*"cluster":"natster"/);
  await put(join(nats, "web.crt"), await readFile(join(state, "services/web/tls.crt"), "utf8"));
  await put(join(nats, "web.key"), await readFile(join(state, "services/web/tls.key"), "utf8"));
  for (const name of ["web", "tls"]) expect(await opens(port, nats, "routes-ca.crt", name)).not.toMatch(/INFO/);
});
