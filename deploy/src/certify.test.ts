import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { createAuthority, issue, signedBy } from "./certificates.ts";
import { certify } from "./certify.ts";
import { put } from "./put.ts";

const names = { servers: ["nats-1", "nats-2"], hosts: ["localhost"] };
let state: string;

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "natster-certify-"));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
});

const file = (path: string) => readFile(join(state, path), "utf8");
const remove = (path: string) => rm(join(state, path), { recursive: true });

test("nothing that web is given is by the authority of the routes, or is nats-server's as well", async () => {
  await certify(state, names);
  const [page, inside, clients, routes] = await Promise.all(
    ["services/web/tls.crt", "nats/tls.crt", "nats/ca.crt", "nats/routes-ca.crt"].map(file),
  );
  expect(signedBy(clients ?? "", page ?? "")).toBe(true);
  expect(signedBy(routes ?? "", page ?? "")).toBe(false);
  expect(signedBy(routes ?? "", await file("nats/routes.crt"))).toBe(true);
  expect(await file("services/web/tls.key")).not.toBe(await file("nats/tls.key"));
  expect(new X509Certificate(page ?? "").checkHost("nats-1")).toBeUndefined();
  expect(new X509Certificate(inside ?? "").checkHost("nats-1")).toBe("nats-1");
});

test("made once, everything stays; with another name the same authority makes it anew", async () => {
  const { ca } = await certify(state, names);
  const page = await file("services/web/tls.crt");
  expect(await certify(state, names)).toEqual({ ca, notes: [] });
  expect(await file("services/web/tls.crt")).toBe(page);

  const more = await certify(state, { ...names, hosts: ["localhost", "natster.example"] });
  expect(more.ca).toBe(ca);
  expect(more.notes).toEqual([
    expect.stringMatching(/nats\/tls.crt is made anew/),
    expect.stringMatching(/web\/tls.crt/),
  ]);
  expect(new X509Certificate(await file("services/web/tls.crt")).checkHost("natster.example")).toBe("natster.example");
});

test("the page has the certificate that was brought for it, and services another", async () => {
  const brought = await issue(await createAuthority("known to everybody"), ["natster.example"], "server");
  await put(join(state, "services/web/tls.crt"), brought.cert);
  await put(join(state, "services/web/tls.key"), brought.key);
  const { ca, notes } = await certify(state, { ...names, hosts: ["natster.example"] });
  expect(notes).toEqual([]);
  expect(await file("services/web/tls.crt")).toBe(brought.cert);
  expect(signedBy(ca, await file("nats/tls.crt"))).toBe(true);
});

test("what an older version made goes on, and is told of; its routes get an authority of their own", async () => {
  await certify(state, { ...names, servers: ["nats-1"] });
  const before = await file("nats/tls.crt");
  for (const path of ["keys/authorities", "services/web"]) await remove(path);
  const { notes } = await certify(state, { ...names, servers: ["nats-1"] });
  expect(notes).toEqual([expect.stringMatching(/web\/tls.key is nats-server's as well/)]);
  expect([await file("nats/tls.crt"), await file("services/web/tls.crt")]).toEqual([before, before]);

  for (const path of ["nats/ca.crt", "nats/tls.crt", "nats/tls.key"]) await remove(path);
  const { ca } = await certify(state, { ...names, servers: ["nats-1"] });
  expect(signedBy(ca, await file("services/web/tls.crt"))).toBe(true);
  expect(await file("services/web/tls.key")).not.toBe(await file("nats/tls.key"));
});
