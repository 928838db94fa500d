/**
 * What the page costs: script before a viewer opens, the time until it can be used, seeking, and a large download. Its
 * memory is what the browser's renderers, the page's workers included, have to themselves.
 */
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import type { Page } from "playwright-core";
import { freshProfile, ownBrowser } from "../page/chromium.ts";
import { expectQuiet, playsBeyond, seek, signIn, visit } from "../page/steps.ts";
import { catalogName, startWorld, type World } from "../page/world.ts";
import { type Bench, fact, limit, median } from "./harness.ts";

export const usualRounds = 5;

const filmBytes = 1_050_000_000;
const downloadBytes = 2_000_000_000;

export const bench: Bench = async ({ rounds }) => {
  await using world = await startWorld();
  const root = await world.folderWithFilm(filmBytes);
  await writeFile(join(root, "large.bin"), "");
  await truncate(join(root, "large.bin"), downloadBytes);
  await world.serve(catalogName("films"), root);
  await world.give(catalogName("films"));

  const loads = await times(rounds, () => load(world));
  const seeks = await seeking(world);
  const download = await downloading(world);
  return [
    limit(
      "script before a viewer opens, compressed",
      "kB",
      Math.max(...loads.map(({ script }) => script)) / 1_000,
      250,
    ),
    limit("fresh browser, from a link to its library, median", "ms", median(loads.map(({ first }) => first)), 1_000),
    limit("the same browser once more, median", "ms", median(loads.map(({ again }) => again)), 1_000),
    limit("first frame after a seek in 1 GB, median of 10", "ms", median(seeks), 500),
    fact("first frame after a seek in 1 GB, worst of 10", "ms", Math.max(...seeks)),
    fact("download of 2 GB, checked and saved", "MB/s", downloadBytes / 1e6 / download.seconds),
    fact("memory of the page before it", "MB", download.before / 1e6),
    limit("memory of the page during it, at the most", "MB", download.most / 1e6, 200),
  ];
};

/** How long a fresh browser takes to show a library, what it has loaded then, and how long it takes once more. */
async function load(world: World) {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const open = async (url: string) => {
    const began = performance.now();
    await page.goto(url);
    await page.getByRole("main").getByRole("link", { name: /films/ }).waitFor();
    return performance.now() - began;
  };
  const first = await open(await world.linkFor(world.bob));
  const scripts = await scriptsOf(page);
  await page.goto("about:blank");
  const again = await open(world.url);
  expectQuiet(profile);
  return { first, again, script: scripts.reduce((sum, text) => sum + brotliCompressSync(text).length, 0) };
}

/** How long each of ten seeks takes, to places that no seek before was near to. */
async function seeking(world: World): Promise<number[]> {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, `#/of/${world.alice.account}/films/film.mp4`);
  await playsBeyond(page, 0.1);
  let place = 11;
  const seeks = await times(10, async () => {
    place = (place * 16_807) % 2_147_483_647;
    return seek(page, (place % 350) + 0.5);
  });
  expectQuiet(profile);
  return seeks;
}

/** A download in a browser that keeps its profile on the disk. */
async function downloading(world: World) {
  await using own = await ownBrowser();
  const { page } = own;
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, `#/of/${world.alice.account}/films/large.bin`);
  const start = page.getByRole("dialog").getByRole("button", { name: "Download" });
  await start.waitFor();
  const before = await own.memory();
  const began = performance.now();
  const saved = page.waitForEvent("download", { timeout: 0 });
  await start.click();
  let most = before;
  for (let isSaved = false; !isSaved;) {
    most = Math.max(most, await own.memory());
    const look = new Promise<false>((resolve) => setTimeout(resolve, 250, false));
    isSaved = await Promise.race([saved.then(() => true), look]);
  }
  await (await saved).path();
  const seconds = (performance.now() - began) / 1_000;
  expectQuiet(own);
  return { before, most, seconds };
}

/** Does something so many times, one after another. */
async function times<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < count) results.push(await work());
  return results;
}

/** Every script that a page has loaded so far, and all that its engine loads by itself, now or when it is wanted. */
const scriptsOf = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const seen = new Map<string, string>();
    const read = async (url: string, whole = false): Promise<void> => {
      if (seen.has(url)) return;
      seen.set(url, "");
      const text = await (await fetch(url)).text();
      seen.set(url, text);
      const imports = whole
        ? /(?:from|import)\s*\(?["'`](\.[^"'`]+\.js)["'`]/g
        : /(?:from|import)\s*["'`](\.[^"'`]+\.js)["'`]/g;
      const imported = [...text.matchAll(imports)].map(([, path]) => path ?? "");
      await Promise.all(imported.map((path) => read(new URL(path, url).href, whole)));
    };
    const own = performance.getEntriesByType("resource").map(({ name }) => name);
    await Promise.all(own.filter((name) => name.endsWith(".js")).map((url) => read(url)));
    const engines = [...seen].flatMap(([url, text]) =>
      [...text.matchAll(/main-[\w-]{8}\.js/g)].map(([name]) => new URL(name, url).href),
    );
    if (engines.length === 0) throw new Error("the page does not say where its engine is");
    await Promise.all(engines.map((url) => read(url, true)));
    return [...seen.values()];
  });
