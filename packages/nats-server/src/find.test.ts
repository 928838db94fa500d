import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { NatsServerNotFoundError, NatsServerUnusableError } from "./errors.ts";
import { fakeCommand, fakeServer, openFolder } from "./fakes.fixture.ts";
import { findNatsServer } from "./find.ts";
import { defaultCacheDirectory } from "./search.ts";

/** The port of "discard", which fetch refuses without trying. */
const NOWHERE = "http://127.0.0.1:9";

test("NATS_SERVER_BIN comes first, then the PATH, then the cache", async () => {
  await using folder = await openFolder();
  const bin = join(folder.path, "bin");
  const cacheDirectory = join(folder.path, "cache");
  const named = await fakeServer(join(folder.path, "own"), "2.14.3");
  const onPath = await fakeServer(join(bin, "nats-server"), "2.14.2");
  const cached = await fakeServer(join(cacheDirectory, "2.14.1", "nats-server"), "2.14.1");

  const all = { NATS_SERVER_BIN: named, PATH: bin };
  expect(await findNatsServer({ env: all, cacheDirectory })).toMatchObject({ path: named, source: "NATS_SERVER_BIN" });
  expect(await findNatsServer({ env: { PATH: bin }, cacheDirectory })).toMatchObject({ path: onPath, source: "path" });
  expect(await findNatsServer({ env: {}, cacheDirectory })).toMatchObject({ path: cached, source: "cache" });
});

test("an older server on the PATH is passed over for one that is new enough", async () => {
  await using folder = await openFolder();
  const [old, fresh] = [join(folder.path, "old"), join(folder.path, "new")];
  await fakeServer(join(old, "nats-server"), "2.10.27");
  await fakeServer(join(fresh, "nats-server"), "2.15.0");

  const found = await findNatsServer({ env: { PATH: [old, fresh].join(delimiter) }, cacheDirectory: folder.path });
  expect(found).toEqual({ path: join(fresh, "nats-server"), version: "2.15.0", source: "path" });
});

test("the newest of the cached servers is taken", async () => {
  await using folder = await openFolder();
  for (const version of ["2.14.9", "2.15.10", "2.15.9", "2.9.10"]) {
    await fakeServer(join(folder.path, version, "nats-server"), version);
  }
  expect(await findNatsServer({ env: {}, cacheDirectory: folder.path })).toMatchObject({ version: "2.15.10" });
});

test("a NATS_SERVER_BIN that is too old, broken or missing is an error, whatever else there is", async () => {
  await using folder = await openFolder();
  await fakeServer(join(folder.path, "nats-server"), "2.15.1");
  const old = await fakeServer(join(folder.path, "old"), "2.9.10");
  const broken = await fakeCommand(join(folder.path, "broken"), "exit 1");
  const other = await fakeCommand(join(folder.path, "other"), "echo other 2.15.1");
  const find = (path: string) => findNatsServer({ env: { NATS_SERVER_BIN: path, PATH: folder.path } });

  await expect(find(old)).rejects.toThrow(NatsServerUnusableError);
  await expect(find(old)).rejects.toThrow("has version 2.9.10, and 2.14.0 or newer is needed");
  await expect(find(broken)).rejects.toThrow("NATS_SERVER_BIN");
  await expect(find(other)).rejects.toThrow("does not say that it is a nats-server");
  await expect(find(join(folder.path, "missing"))).rejects.toThrow("there is no");
});

test("when nothing works, the error names everything that was tried and what to do", async () => {
  await using folder = await openFolder();
  const bin = join(folder.path, "bin");
  await fakeServer(join(bin, "nats-server"), "2.10.27");
  await fakeCommand(join(bin, "go"), 'echo "no network" >&2; exit 1');
  const archive = { version: "2.15.1", name: "nats-server-v2.15.1-test", ending: "tar.gz", sha256: "00" } as const;

  const error = await findNatsServer({
    env: { PATH: bin },
    cacheDirectory: join(folder.path, "cache"),
    downloadUrl: NOWHERE,
    archive,
  }).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(NatsServerNotFoundError);
  const { tried, message } = error as NatsServerNotFoundError;
  expect(tried.map(({ way }) => way)).toEqual([
    "nats-server on the PATH",
    "the cache",
    "the official release",
    "go install",
    "the package of Debian",
  ]);
  expect(tried[0]?.reason).toContain("2.10.27");
  expect(tried[2]?.reason).toMatch(/bad port/);
  expect(tried[3]?.reason).toContain("no network");
  expect(tried[4]?.reason).toBe("there is no apt-get");
  for (const { way, reason } of tried) expect(message).toContain(`${way}: ${reason}`);
  expect(message).toMatch(/\nTo fix it: .+$/);
});

test("go builds into the cache", async () => {
  await using folder = await openFolder();
  const bin = join(folder.path, "bin");
  const cacheDirectory = join(folder.path, "cache");
  const made = "#!/bin/sh\\necho nats-server: v2.15.1\\n";
  await fakeCommand(join(bin, "go"), `[ "$1" = install ] || exit 0; printf '${made}' > "$GOBIN/nats-server"`);

  const found = await findNatsServer({ env: { PATH: bin }, cacheDirectory, downloadUrl: NOWHERE });
  expect(found).toEqual({ path: join(cacheDirectory, "2.15.1", "nats-server"), version: "2.15.1", source: "go" });
});

test("each system keeps the cache in its own place", () => {
  expect(defaultCacheDirectory({ HOME: "/home/a" }, "linux")).toBe("/home/a/.cache/natster/nats-server");
  expect(defaultCacheDirectory({ HOME: "/Users/a" }, "darwin")).toBe("/Users/a/Library/Caches/natster/nats-server");
  expect(defaultCacheDirectory({ HOME: "/h", XDG_CACHE_HOME: "/x" }, "linux")).toBe("/x/natster/nats-server");
  expect(defaultCacheDirectory({ HOME: "/h", XDG_CACHE_HOME: "x" }, "linux")).toBe("/h/.cache/natster/nats-server");
  expect(defaultCacheDirectory({ LOCALAPPDATA: "/l" }, "win32")).toBe("/l/natster/nats-server");
});
