/** Downloads through everything that gets in their way. `NATSTER_BYTES` says how large the largest of them is. */
import { createHash } from "node:crypto";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServedCatalog } from "@natster/file-server";
import { Throttle } from "@natster/files";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveLies } from "../attacks/hostile-instance.fixture.ts";
import { freshProfile, ownBrowser } from "./chromium.ts";
import { beginDownload, cameBeyond, digestOf, expectQuiet, signIn, staged } from "./steps.ts";
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
