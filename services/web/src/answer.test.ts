import { symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { strictHeaders } from "./headers.ts";
import { asset, buildIn, serve } from "./served.fixture.ts";

const lowerCase = Object.fromEntries(Object.entries(strictHeaders).map(([name, value]) => [name.toLowerCase(), value]));

test("the page is at /, under its type", async () => {
  await using served = await serve();
  const page = await served.get("/");
  expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
  expect(page.bytes.toString()).toContain("<title>Natster</title>");
  expect(await served.get("/?from=mail")).toMatchObject({ status: 200 });
  expect(await served.get("/mark.svg")).toMatchObject({ headers: { "content-type": "image/svg+xml; charset=utf-8" } });
  expect(await served.get(asset)).toMatchObject({ headers: { "content-type": "text/javascript; charset=utf-8" } });
});

test("what has a hash in its name is kept for ever, everything else is asked for again", async () => {
  await using served = await serve();
  expect((await served.get(asset)).headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  for (const path of ["/", "/natster.json"]) {
    const { headers } = await served.get(path);
    expect(headers["cache-control"]).toBe("no-cache");
    const again = await served.get(path, { headers: { "If-None-Match": String(headers["etag"]) } });
    expect(again).toMatchObject({ status: 304, bytes: Buffer.alloc(0) });
  }
});

test("a text is sent in the shortest form that the client reads", async () => {
  await using served = await serve();
  const as = async (accepted: string) => await served.get(asset, { headers: { "Accept-Encoding": accepted } });
  const plain = await as("");
  const br = await as("gzip, deflate, br");
  const gzip = await as("br;q=0, gzip;q=0.5");
  expect(br.headers).toMatchObject({ "content-encoding": "br", vary: "Accept-Encoding" });
  expect(brotliDecompressSync(br.bytes)).toEqual(plain.bytes);
  expect(gzip.headers).toMatchObject({ "content-encoding": "gzip" });
  expect(gunzipSync(gzip.bytes)).toEqual(plain.bytes);
});

test("every answer carries the strict headers, whatever it is", async () => {
  await using served = await serve();
  const { headers } = await served.get("/");
  const answers = await Promise.all([
    served.get("/"),
    served.get("/", { headers: { "If-None-Match": String(headers["etag"]) } }),
    served.get(asset),
    served.get("/natster.json"),
    served.get("/nowhere"),
    served.get("/nats"),
    served.get("/", { method: "POST" }),
    served.get("/", { method: "HEAD" }),
    served.get("/nats", { headers: { Connection: "Upgrade", Upgrade: "websocket" } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 304, 200, 200, 404, 426, 405, 200, 502]);
  for (const answer of answers) expect(answer.headers).toMatchObject(lowerCase);
});

test("what is no request at all gets the strict headers too", async () => {
  await using served = await serve();
  const socket = connect(served.listening.port, "127.0.0.1");
  socket.write("this is not HTTP\r\n\r\n");
  const said = await text(socket);
  expect(said).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
  for (const [name, value] of Object.entries(strictHeaders)) expect(said).toContain(`${name}: ${value}\r\n`);
});

test("the policy admits nothing inline, no eval and no other origin", () => {
  const policy = strictHeaders["Content-Security-Policy"] ?? "";
  expect(policy).toMatch(/^default-src 'none'; /);
  expect(policy).not.toMatch(/unsafe|http|\*/);
});

test("HEAD says what GET would, without the bytes", async () => {
  await using served = await serve();
  const [get, head] = await Promise.all([served.get(asset), served.get(asset, { method: "HEAD" })]);
  expect(head.bytes).toHaveLength(0);
  expect(head.headers["content-length"]).toBe(String(get.bytes.length));
  expect(head.headers["etag"]).toBe(get.headers["etag"]);
});

test.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("%s is not answered", async (method) => {
  await using served = await serve();
  expect(await served.get("/", { method })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
});

test.each([
  "/../above.txt",
  "/..%2fabove.txt",
  "/%2e%2e/above.txt",
  "/assets/../../above.txt",
  "/assets/..\\..\\above.txt",
  "/../page-two/beside.txt",
  "//etc/passwd",
  "/./index.html",
  "/assets",
  "/assets/",
  "/index.html%00.svg",
  "/%E0%A4%A",
  "/library",
  "/__proto__",
  "/constructor",
])("%s leads nowhere", async (path) => {
  await using served = await serve();
  expect(await served.get(path)).toMatchObject({ status: 404 });
});

test("a link in the folder is not followed", async () => {
  await using served = await serve();
  await symlink(join(served.folder, "above.txt"), join(served.folder, "page", "linked.txt"));
  expect(await served.get("/linked.txt")).toMatchObject({ status: 404 });
});

test("without a page it says how to build one, and then has it", async () => {
  await using served = await serve({ build: false });
  const missing = await served.get("/");
  expect(missing).toMatchObject({ status: 503, headers: { "content-type": "text/plain; charset=utf-8" } });
  expect(missing.bytes.toString()).toContain("pnpm build");
  expect(await served.get("/natster.json")).toMatchObject({ status: 200 });
  await buildIn(served.folder);
  expect(await served.get("/")).toMatchObject({ status: 200 });
});

test("a page that is built anew is served anew", async () => {
  await using served = await serve();
  const before = await served.get("/");
  await writeFile(join(served.folder, "page", "index.html"), "<!doctype html><title>Another</title>");
  const after = await served.get("/", { headers: { "If-None-Match": String(before.headers["etag"]) } });
  expect(after.status).toBe(200);
  expect(after.bytes.toString()).toContain("Another");
});
