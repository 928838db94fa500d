/** What the page costs: script before a viewer opens, the time until it can be used, seeking, and a large download. */
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import type { Page } from "playwright-core";
import { freshProfile } from "../page/chromium.ts";
import { playsBeyond, seek, signIn, visit } from "../page/steps.ts";
import { catalogName, startWorld } from "../page/world.ts";
import { type Bench, median, type Row } from "./harness.ts";

const row = (metric: string, value: number, unit: string, most?: number): Row => ({
  metric,
  value,
  unit,
  baseline: null,
  ratio: null,
  goal: most === undefined ? null : `≤ ${most} ${unit}`,
  met: most === undefined || value <= most,
});

const filmBytes = 1_050_000_000;
const downloadBytes = 2_000_000_000;

export const bench: Bench = async ({ rounds }) => {
  await using world = await startWorld();
  const root = await world.folderWithFilm(filmBytes);
  await writeFile(join(root, "large.bin"), "");
  await truncate(join(root, "large.bin"), downloadBytes);
  await world.serve(catalogName("films"), root);
  await world.give(catalogName("films"));

  const loads: number[] = [];
  let script = 0;
  for (let round = 0; round < rounds; round++) {
    await using profile = await freshProfile(world.browser);
    const { page, context } = profile;
    const scripts = new Map<string, Promise<Buffer>>();
    context.on("response", (response) => {
      if (/\.m?js(?:\?|$)/.test(response.url())) scripts.set(response.url(), response.body());
    });
    await signIn(page, await world.linkFor(world.bob));
    await page.goto("about:blank");
    const began = performance.now();
    await page.goto(world.url);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByText("films").first().waitFor();
    loads.push(performance.now() - began);
    // What the browser asks for on behalf of the shared worker is not told to the page's own listeners.
    const engine = await engineScripts(page);
    const bodies = await Promise.all([...scripts.values()].map((body) => body.catch(() => Buffer.alloc(0))));
    script = [...bodies, ...engine].reduce((sum, body) => sum + brotliCompressSync(body).length, 0);
  }

  await using profile = await freshProfile(world.browser);
  const { page, context } = profile;
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, `#/of/${world.alice.account}/films/film.mp4`);
  await playsBeyond(page, 0.1);
  const seeks: number[] = [];
  for (let turn = 0, place = 11; turn < 10; turn++) {
    place = (place * 16_807) % 2_147_483_647;
    seeks.push(await seek(page, (place % 350) + 0.5));
  }

  await visit(page, `#/of/${world.alice.account}/films/large.bin`);
  await page.getByRole("dialog").getByRole("button", { name: "Download" }).click();
  const began = performance.now();
  const devtools = await context.newCDPSession(page);
  let most = 0;
  const arrived = page.waitForEvent("download", { timeout: 0 }).then(() => true);
  while (!(await Promise.race([arrived, new Promise<false>((resolve) => setTimeout(resolve, 500, false))]))) {
    const { usedSize, embedderHeapUsedSize = 0 } = (await devtools.send("Runtime.getHeapUsage")) as {
      usedSize: number;
      embedderHeapUsedSize?: number;
    };
    most = Math.max(most, usedSize + embedderHeapUsedSize);
  }
  const seconds = (performance.now() - began) / 1_000;
  return [
    row("script before a viewer opens, compressed", script / 1_000, "kB", 250),
    row("library shown after a load, median", median(loads), "ms", 1_000),
    row("first frame after a seek in 1 GB, median of 10", median(seeks), "ms", 500),
    row("first frame after a seek in 1 GB, worst of 10", Math.max(...seeks), "ms"),
    row("download of 2 GB, checked", downloadBytes / 1e6 / seconds, "MB/s"),
    row("heap of the page during it, at the most", most / 1e6, "MB", 200),
  ];
};

/** The script of the engine and what it imports, read as the browser does. */
async function engineScripts(page: Page): Promise<Buffer[]> {
  const texts = await page.evaluate(async () => {
    const seen = new Map<string, string>();
    const read = async (url: string): Promise<void> => {
      if (seen.has(url)) return;
      seen.set(url, "");
      const text = await (await fetch(url)).text();
      seen.set(url, text);
      const imported = [...text.matchAll(/(?:from|import)\s*["'`](\.[^"'`]+\.js)["'`]/g)].map(([, path]) => path ?? "");
      await Promise.all(imported.map((path) => read(new URL(path, url).href)));
    };
    const own = performance.getEntriesByType("resource").map(({ name }) => name);
    const index = own.find((name) => /\/assets\/index-[^/]+\.js$/.test(name)) ?? "";
    const text = await (await fetch(index)).text();
    const engine = /assets\/main-[\w-]+\.js|main-[\w-]{8}\.js/.exec(text)?.[0] ?? "";
    await read(new URL(engine.replace(/^assets\//, ""), index).href);
    // What the page has loaded itself is counted there.
    return [...seen].filter(([url]) => !own.includes(url)).map(([, text]) => text);
  });
  return texts.map((text) => Buffer.from(text));
}
