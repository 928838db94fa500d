/** Downloads through everything that gets in their way. `NATSTER_BYTES` says how large the largest of them is. */
import { createHash } from "node:crypto";
import { mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ServedCatalog } from "@natster/file-server";
import { Throttle } from "@natster/files";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveLies } from "../attacks/hostile-instance.fixture.ts";
import { freshProfile, ownBrowser } from "./chromium.ts";
import { beginDownload, cameBeyond, digestOf, expectQuiet, openCatalog, signIn, staged } from "./steps.ts";
import { catalogName, startWorld, type World } from "./world.ts";

const films = catalogName("films");
const noiseBytes = 60_000_000;
const largestBytes = Number(process.env["NATSTER_BYTES"] ?? 300_000_000);

let world: World;
let root: string;
let served: ServedCatalog;

beforeAll(async () => {
  world = await startWorld();
  root = await world.folder();
  const noise = Buffer.alloc(noiseBytes);
  for (let at = 0; at < noiseBytes; at += 4) noise.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  await writeFile(join(root, "noise.bin"), noise);
  await writeFile(join(root, "largest.bin"), "");
  await truncate(join(root, "largest.bin"), largestBytes);
  served = await world.serve(films, root);
  await world.give(films);
}, 240_000);
afterAll(() => world?.[Symbol.asyncDispose]());

const at = (path: string, catalog = films) => `#/of/${world.alice.account}/${catalog}/${path}`;

/** Where the next download of a page is saved; that a page is closed before is told by whatever closed it. */
function savedBy(page: Page): Promise<string> {
  const saved = page.waitForEvent("download", { timeout: 0 }).then((download) => download.path());
  saved.catch(() => undefined);
  return saved;
}

test("a download holds no more memory than a page may, however large it is", async () => {
  await using own = await ownBrowser();
  await signIn(own.page, await world.linkFor(world.bob));
  const saved = savedBy(own.page);
  await beginDownload(own.page, at("largest.bin"));
  const seen: number[] = [];
  const looking = setInterval(() => void own.memory().then((bytes) => seen.push(bytes)), 500);
  const path = await saved;
  clearInterval(looking);
  expect(await digestOf(path)).toBe(await digestOf(join(root, "largest.bin")));
  const most = Math.max(...seen);
  console.log(`a download of ${largestBytes / 1e6} MB held ${Math.round(most / 1e6)} MB at the most`);
  expect(most).toBeLessThan(200_000_000);
  expectQuiet(own);
}, 900_000);

test("a download goes on by itself after nats-server was killed in the middle, and after its server was stopped", async () => {
  await using profile = await freshProfile(world.browser, { expected: /WebSocket|502/ });
  const { page } = profile;
  await signIn(page, await world.linkFor(world.bob));
  // Slow enough that both come in the middle of it.
  await served.stop();
  served = await world.serve(films, root, { throttle: new Throttle(noiseBytes / 10) });
  const saved = savedBy(page);
  await beginDownload(page, at("noise.bin"));
  await cameBeyond(page, 2_000_000);
  await world.system.platform.nats.kill();
  await page.getByText("The connection is lost and being sought").waitFor({ timeout: 60_000 });
  const atKill = await staged(page);
  expect(atKill).toBeLessThan(noiseBytes);
  await world.system.platform.nats.restart();
  await cameBeyond(page, atKill);

  await served.stop();
  const atStop = await staged(page);
  served = await world.serve(films, root);
  const path = await saved;
  expect(await digestOf(path)).toBe(await digestOf(join(root, "noise.bin")));
  expect(atStop).toBeLessThan(noiseBytes);
  expectQuiet(profile);
}, 300_000);

test("a download that finds no room says so, and goes on when there is some", async () => {
  await using profile = await freshProfile(world.browser);
  const { page, context } = profile;
  await signIn(page, await world.linkFor(world.bob));
  const { origin } = new URL(world.url);
  const devtools = await context.newCDPSession(page);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: noiseBytes / 4 });
  const saved = savedBy(page);
  await beginDownload(page, at("noise.bin"));
  await page.getByText("This browser has no room left for it").first().waitFor({ timeout: 60_000 });

  await devtools.send("Storage.overrideQuotaForOrigin", { origin });
  await page.getByRole("button", { name: /^Resume/ }).click();
  expect(await digestOf(await saved)).toBe(await digestOf(join(root, "noise.bin")));
  expectQuiet(profile);
}, 240_000);

/** A browser that can give no folder to a page, as Firefox, Safari and those of phones cannot. */
const withoutPicker = (page: Page) => page.addInitScript(() => Reflect.deleteProperty(window, "showDirectoryPicker"));

test("where no folder can be chosen, one comes as one ZIP: its folders, equal names and equal contents too", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await withoutPicker(page);
  const letters = catalogName("letters");
  const folder = await world.folder();
  const files = {
    "a.txt": "at the top",
    "2023/a.txt": "of 2023",
    "2024/März/a.txt": "of March",
    "2024/März/the same.txt": "of 2023",
    "2024/empty.txt": "",
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await world.serve(letters, folder);
  await world.give(letters);
  await signIn(page, await world.linkFor(world.bob));
  await openCatalog(page, "letters");
  const saved: string[] = [];
  page.on("download", (download) => saved.push(download.suggestedFilename()));
  const path = savedBy(page);
  await page.getByRole("button", { name: "Download folder" }).click();
  await page.getByText("letters is complete and checked").waitFor({ timeout: 60_000 });
  const entries = Object.entries(unzipSync(await readFile(await path)));
  expect(Object.fromEntries(entries.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]))).toEqual(files);
  expect(saved).toEqual(["letters.zip"]);
  await page.goto(`${world.url}#/transfers`);
  await page.getByRole("button", { name: /^Remove:/ }).click();
  await expect.poll(() => staged(page), { timeout: 20_000 }).toBe(0);
  expectQuiet(profile);
}, 120_000);

test("where one file of a folder is not what was announced, nothing of the folder is saved, and that is said", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await withoutPicker(page);
  const drafts = catalogName("drafts");
  const server = await world.server(drafts);
  const came = Buffer.from("what had come here");
  const entry = (path: string, told: string) => ({
    path,
    size: came.length,
    modified: 0,
    type: "application/octet-stream",
    digest: createHash("sha256").update(told).digest("hex"),
  });
  const entries = [entry("a.bin", "what had come here"), entry("b.bin", "what was announced")];
  await using _lying = await serveLies({ server, catalog: drafts }, (verb) =>
    verb === "list" ? { folders: [], entries, revision: 1 } : came,
  );
  await world.give(drafts);
  await signIn(page, await world.linkFor(world.bob));
  await openCatalog(page, "drafts");
  const saved: string[] = [];
  page.on("download", (download) => saved.push(download.suggestedFilename()));
  await page.getByRole("button", { name: "Download folder" }).click();
  await page.getByText("What arrived is not the file that was announced").first().waitFor();
  expect(await page.getByText("complete and checked").count()).toBe(0);
  expect(saved).toEqual([]);
  expectQuiet(profile);
}, 120_000);

test("what is not what was announced is never saved, and nothing of it is kept", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const photos = catalogName("photos");
  const server = await world.server(photos);
  const told = Buffer.from("what was announced");
  const came = Buffer.from("what had come here");
  const digest = createHash("sha256").update(told).digest("hex");
  const entry = { path: "a.bin", size: told.length, modified: 0, type: "application/octet-stream", digest };
  await using _lying = await serveLies({ server }, (verb) =>
    verb === "list" ? { folders: [], entries: [entry], revision: 1 } : came,
  );
  await world.give(photos);
  await signIn(page, await world.linkFor(world.bob));
  const saved: string[] = [];
  page.on("download", (download) => saved.push(download.suggestedFilename()));
  await beginDownload(page, at("a.bin", photos));
  await page.getByText("What arrived is not the file that was announced").first().waitFor();
  await expect.poll(() => staged(page)).toBe(0);
  expect(saved).toEqual([]);
  expectQuiet(profile);
}, 120_000);
