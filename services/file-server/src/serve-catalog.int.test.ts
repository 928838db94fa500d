import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Digest, type InstanceId } from "@natster/contracts";
import { FilePath, files, maxRange } from "@natster/contracts/files";
import { type ListQuery, openCatalog, SessionLink } from "@natster/files";
import { RootError } from "@natster/files/index";
import { client, NobodyAnswersError, silentLog } from "@natster/micro";
import { openWay } from "@natster/nats-server/way";
import type { NatsConnection } from "@nats-io/nats-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Nats, photos, startNats } from "./nats.fixture.ts";
import { serveCatalog } from "./serve-catalog.ts";

let nats: Nats;
let connection: NatsConnection;
beforeAll(async () => {
  nats = await startNats();
  connection = await nats.connect("owner");
});
afterAll(() => nats?.[Symbol.asyncDispose]());

const digestOf = (content: string) => Digest.parse(createHash("sha256").update(content).digest("hex"));
const serving = (root: string) => ({ connection, device: nats.serving, catalog: photos, root, log: silentLog() });
const serveFolder = (root: string) => serveCatalog(serving(root));
const reading = () => ({ catalog: photos, owner: nats.owner, device: nats.own });
const openOwn = () => openCatalog(connection, reading());
/** A session with one instance, or with any. */
const linked = (instance?: InstanceId) =>
  SessionLink.open(client(files, connection), reading(), { timeout: 5_000 }, instance);
const seconds = { timeout: 5_000 };

test("any instance says who it is, and only that one answers to its name", async () => {
  const root = await nats.newFolder();
  await using one = await serveFolder(root);
  await using other = await serveFolder(root);

  const opened = await linked();
  expect([one.instance, other.instance]).toContain(opened.instance);
  expect(opened.welcome).toEqual({ revision: expect.any(Number), maxRange });
  const toOne = await linked(one.instance);
  expect((await toOne.ask("list", {}, seconds)).entries).toEqual([]);
  await one.stop();
  await expect(toOne.ask("list", {}, seconds)).rejects.toThrow(NobodyAnswersError);
  await expect(linked(one.instance)).rejects.toThrow(NobodyAnswersError);
  expect((await linked()).instance).toBe(other.instance);
});

test("services discovery tells catalog and instance", async () => {
  await using served = await serveFolder(await nats.newFolder());

  const info = await connection.request("$SRV.INFO.file-server");
  expect(info.json<{ metadata: unknown }>().metadata).toMatchObject({ catalog: photos, instance: served.instance });
});

test("with a connection for content, nothing else waits where that one is stuck", async () => {
  const root = await nats.newFolder();
  await writeFile(join(root, "a.txt"), "hello");
  await using way = await openWay(nats.url);
  const bulk = await nats.connect("owner", way.url);
  await using served = await serveCatalog({ ...serving(root), bulk });
  const link = await linked(served.instance);
  const range = { digest: digestOf("hello"), offset: 0, length: 5 };
  await link.ask("read", range, seconds);

  way.hold();
  const read = link.ask("read", range, { timeout: 50_000 });
  const many = link.ask("readMany", { digests: [range.digest] }, { timeout: 50_000 });
  let came = 0;
  for (const each of [read, many]) void each.finally(() => came++).catch(() => {});
  expect((await link.ask("list", {}, seconds)).entries).toHaveLength(1);
  expect((await linked(served.instance)).instance).toBe(served.instance);
  expect((await link.ask("watch", { since: 0, seconds: 1 }, seconds)).revision).toBe(served.revision);
  expect(came).toBe(0);
  way.release();
  expect(Buffer.from(await read).toString()).toBe("hello");
  await many;
  // One service is told of, with all that it answers.
  const info = await connection.request("$SRV.INFO.file-server");
  const { endpoints } = info.json<{ endpoints: { name: string }[] }>();
  expect(endpoints.map(({ name }) => name)).toEqual(expect.arrayContaining(["open", "list", "read", "readMany"]));
});

test("a range is read by digest, as far as the file goes", async () => {
  const root = await nats.newFolder();
  await writeFile(join(root, "a.txt"), "hello");
  await using served = await serveFolder(root);
  const link = await linked(served.instance);
  const read = async (offset: number, length: number) =>
    Buffer.from(await link.ask("read", { digest: digestOf("hello"), offset, length }, seconds)).toString();

  expect(await read(0, 5)).toBe("hello");
  expect(await read(1, 3)).toBe("ell");
  expect(await read(3, maxRange)).toBe("lo");
  await expect(read(5, 1)).rejects.toMatchObject({ reason: "range_outside", code: 416 });
});

test("what is not in the index is unknown, and no path is taken from a request", async () => {
  const root = await nats.newFolder();
  await writeFile(join(root, ".env"), "hidden");
  await using served = await serveFolder(root);
  const range = { digest: digestOf("hidden"), offset: 0, length: 6 };

  const link = await linked(served.instance);
  await expect(link.ask("read", range, seconds)).rejects.toMatchObject({ reason: "file_unknown", code: 404 });
});

test("a file that changed is refused, and the index learns of it", async () => {
  const root = await nats.newFolder();
  await writeFile(join(root, "a.txt"), "before");
  await using served = await serveFolder(root);
  const before = served.revision;
  await writeFile(join(root, "a.txt"), "behind");

  const range = { digest: digestOf("before"), offset: 0, length: 6 };
  const link = await linked(served.instance);
  await expect(link.ask("read", range, seconds)).rejects.toMatchObject({ reason: "changed", code: 409 });
  await expect.poll(() => served.revision).toBeGreaterThan(before);
  const { entries } = await link.ask("list", {}, seconds);
  expect(entries.map(({ digest }) => digest)).toEqual([digestOf("behind")]);
});

test("looking again finds what came and went", async () => {
  const root = await nats.newFolder();
  await writeFile(join(root, "old"), "old");
  await using served = await serveFolder(root);
  await rm(join(root, "old"));
  await writeFile(join(root, "new"), "new");
  await served.rescan();

  const reader = await openOwn();
  expect((await Array.fromAsync(reader.entries())).map(({ path }) => path)).toEqual(["new"]);
  expect(reader.revision).toBe(served.revision);
});

test("a page fits into a message however long the paths, and the pages together are everything", async () => {
  const root = await nats.newFolder();
  // A control character is six bytes as JSON. The system takes 4,095 bytes of path, the root's included.
  const deep = Array.from({ length: 13 }, () => "\u0001".repeat(250)).join("/");
  await mkdir(join(root, deep), { recursive: true });
  const names = Array.from({ length: 150 }, (_, number) => `${deep}/${"\u0001".repeat(200)}${1000 + number}`);
  for (const name of names) await writeFile(join(root, name), "");
  await using served = await serveFolder(root);

  const link = await linked(served.instance);
  const listed: string[] = [];
  let [after, pages]: [object, number] = [{}, 0];
  for (let more = true; more;) {
    const page = await link.ask("list", after, seconds);
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(512 * 1024);
    listed.push(...page.entries.map(({ path }) => path));
    more = page.next !== undefined;
    [after, pages] = [{ after: page.next }, pages + 1];
  }
  expect(listed).toEqual(names);
  expect(pages).toBeGreaterThan(5);
});

test("a page holds as many as were asked for, and 500 where nobody asked", async () => {
  const root = await nats.newFolder();
  for (let number = 0; number < 501; number++) await writeFile(join(root, `f${number}`), "");
  await using served = await serveFolder(root);
  const link = await linked(served.instance);
  const list = (request: { limit?: number }) => link.ask("list", request, seconds);

  expect(await list({})).toMatchObject({ next: "f98", entries: { length: 500 } });
  expect(await list({ limit: 3 })).toMatchObject({ next: "f10", entries: { length: 3 } });
  const reader = await openOwn();
  expect(await Array.fromAsync(reader.entries())).toHaveLength(501);
});

test("a search by name and by type finds what is there, in whatever case, and in one folder where that is asked", async () => {
  const root = await nats.newFolder();
  await mkdir(join(root, "a/b"), { recursive: true });
  for (const path of ["a/Beach.txt", "a/b/beach-2.txt", "beach.html", "a/b/other.txt", "caf\u00e9.txt"]) {
    await writeFile(join(root, path), path);
  }
  await using served = await serveFolder(root);
  const reader = await openOwn();
  const found = async (query: ListQuery) => (await Array.fromAsync(reader.entries(query))).map(({ path }) => path);

  expect(served.files).toBe(5);
  expect(await found({ name: "BEACH" })).toEqual(["beach.html", "a/Beach.txt", "a/b/beach-2.txt"]);
  expect(await found({ name: "beach", type: "text/plain" })).toEqual(["a/Beach.txt", "a/b/beach-2.txt"]);
  expect(await found({ name: "beach", folder: FilePath.parse("a/b") })).toEqual(["a/b/beach-2.txt"]);
  expect(await found({ name: "CAFE\u0301" })).toEqual(["caf\u00e9.txt"]);
  expect(await found({ type: "text/" })).toHaveLength(5);
  expect(await found({ name: "nowhere" })).toEqual([]);
});

test("what is said of a file is listed with it, from when it is said, and a page stays within what is asked", async () => {
  const root = await nats.newFolder();
  for (const name of ["a.txt", "b.txt"]) await writeFile(join(root, name), name);
  await using served = await serveFolder(root);
  const link = await linked(served.instance);
  const said = async () =>
    (await link.ask("list", { limit: 1 }, seconds)).entries.map(({ path, description }) => [path, description]);

  expect(await said()).toEqual([["a.txt", undefined]]);
  await writeFile(join(root, ".natster.json"), JSON.stringify({ descriptions: { "a.txt": "the sea" } }));
  expect(await said()).toEqual([["a.txt", "the sea"]]);
  expect((await link.ask("list", {}, seconds)).entries.map(({ path }) => path)).toEqual(["a.txt", "b.txt"]);
});

test("a folder that is not there is refused before anything is served", async () => {
  await expect(serveFolder(join(await nats.newFolder(), "missing"))).rejects.toThrow(RootError);
  await expect(openOwn()).rejects.toThrow(NobodyAnswersError);
});
