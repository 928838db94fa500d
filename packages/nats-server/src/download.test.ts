import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fromRelease } from "./download.ts";
import { fakeRelease, openFolder, openHttp } from "./fakes.fixture.ts";
import { findNatsServer } from "./find.ts";
import { searchFor } from "./search.ts";

test("the release is downloaded, and from then on found in the cache", async () => {
  await using folder = await openFolder();
  const { archive, bytes } = await fakeRelease(folder.path, "2.15.1");
  const asked: string[] = [];
  await using http = await openHttp((request, response) => {
    asked.push(request.url ?? "");
    response.end(bytes);
  });
  const cacheDirectory = join(folder.path, "cache");
  const options = { env: { PATH: "", NATSTER_NATS_DOWNLOAD_URL: http.url }, cacheDirectory, archive };

  const path = join(cacheDirectory, "2.15.1", "nats-server");
  expect(await findNatsServer(options)).toEqual({ path, version: "2.15.1", source: "release" });
  expect(await findNatsServer(options)).toEqual({ path, version: "2.15.1", source: "cache" });
  expect(asked).toEqual(["/v2.15.1/nats-server-v2.15.1-test.tar.gz"]);
  expect(await readdir(cacheDirectory)).toEqual(["2.15.1"]);
});

test("an archive with another checksum is refused, and nothing of it stays in the cache", async () => {
  await using folder = await openFolder();
  const { archive, bytes } = await fakeRelease(folder.path, "2.15.1");
  bytes[bytes.length - 1] = ~(bytes.at(-1) ?? 0);
  await using http = await openHttp((_, response) => response.end(bytes));
  const cacheDirectory = join(folder.path, "cache");

  const fetched = fromRelease(searchFor({ env: {}, cacheDirectory, archive, downloadUrl: http.url }));
  await expect(fetched).rejects.toThrow(`${archive.sha256} is pinned`);
  expect(await readdir(cacheDirectory)).toEqual([]);
});

test("a half-finished download is never used", async () => {
  await using folder = await openFolder();
  const { archive, bytes } = await fakeRelease(folder.path, "2.15.1");
  await using http = await openHttp((_, response) => {
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  });
  const cacheDirectory = join(folder.path, "cache");

  const options = { env: { PATH: "" }, cacheDirectory, archive, downloadUrl: http.url };
  await expect(fromRelease(searchFor(options))).rejects.toThrow(/./);
  expect(await readdir(cacheDirectory)).toEqual([]);
});

test("a workshop that a killed process left is not taken for a server", async () => {
  await using folder = await openFolder();
  const { archive, bytes } = await fakeRelease(folder.path, "2.15.1");
  const cacheDirectory = join(folder.path, "cache");
  const left = await fakeRelease(join(cacheDirectory, ".new-killed"), "2.15.2");
  await using http = await openHttp((_, response) => response.end(bytes));

  const found = await findNatsServer({ env: { PATH: "" }, cacheDirectory, archive, downloadUrl: http.url });
  expect(found).toMatchObject({ version: "2.15.1", source: "release" });
  expect(left.archive.version).toBe("2.15.2");
});

test("an archive that holds an older server than it says is refused", async () => {
  await using folder = await openFolder();
  const { archive, bytes } = await fakeRelease(folder.path, "2.9.10");
  await using http = await openHttp((_, response) => response.end(bytes));
  const cacheDirectory = join(folder.path, "cache");

  const fetched = fromRelease(searchFor({ env: {}, cacheDirectory, archive, downloadUrl: http.url }));
  await expect(fetched).rejects.toThrow("has version 2.9.10, and 2.14.0 or newer is needed");
  expect(await readdir(cacheDirectory)).toEqual([]);
});

test("two who fetch at once both get a whole server", async () => {
  await using folder = await openFolder();
  const { archive, bytes } = await fakeRelease(folder.path, "2.15.1");
  let asked = 0;
  let release = () => {};
  const both = new Promise<void>((resolve) => (release = resolve));
  await using http = await openHttp((_, response) => {
    if (++asked === 2) release();
    void both.then(() => response.end(bytes));
  });
  const cacheDirectory = join(folder.path, "cache");
  const options = { env: { PATH: "" }, cacheDirectory, archive, downloadUrl: http.url };

  const found = await Promise.all([findNatsServer(options), findNatsServer(options)]);
  expect(found.map(({ version, source }) => [version, source])).toEqual([
    ["2.15.1", "release"],
    ["2.15.1", "release"],
  ]);
  expect(await readdir(cacheDirectory)).toEqual(["2.15.1"]);
});

test("a server that does not answer is given up", async () => {
  await using folder = await openFolder();
  const { archive } = await fakeRelease(folder.path, "2.15.1");
  await using http = await openHttp(() => {});
  const cacheDirectory = join(folder.path, "cache");

  const fetched = fromRelease(
    searchFor({ env: {}, cacheDirectory, archive, downloadUrl: http.url, answerWithin: 200 }),
  );
  await expect(fetched).rejects.toThrow("did not answer within 0.2 s");
});

test("a broken server in the cache is replaced", async () => {
  await using folder = await openFolder();
  const { archive, bytes } = await fakeRelease(folder.path, "2.15.1");
  await using http = await openHttp((_, response) => response.end(bytes));
  const cacheDirectory = join(folder.path, "cache");
  const options = { env: { PATH: "" }, cacheDirectory, archive, downloadUrl: http.url };
  const { path } = await findNatsServer(options);
  await writeFile(path, "");

  expect(await findNatsServer(options)).toMatchObject({ source: "release", path });
  expect(await readFile(path, "utf8")).toContain("2.15.1");
});
