import { cp, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServedCatalog } from "@natster/file-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshProfile } from "./chromium.ts";
import {
  beginDownload,
  cameBeyond,
  digestOf,
  expectQuiet,
  film,
  openCatalog,
  playsBeyond,
  seek,
  signIn,
  staged,
  visit,
} from "./steps.ts";
import { catalogName, startWorld, type World } from "./world.ts";

let world: World;
let root: string;
let served: ServedCatalog;
const large = 40_000_000;

beforeAll(async () => {
  world = await startWorld();
  root = await world.folderWithFilm(1_050_000_000);
  const noise = Buffer.alloc(large);
  for (let at = 0; at < large; at += 4) noise.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  await writeFile(join(root, "large.bin"), noise);
  await writeFile(join(root, "small.txt"), "small");
  served = await world.serve(catalogName("films"), root);
  await world.give(catalogName("films"));
}, 240_000);
afterAll(() => world[Symbol.asyncDispose]());

const at = (path: string) => `#/of/${world.alice.account}/films/${path}`;

test("a film of a gigabyte plays in the native element, and seeks to wherever one wants", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, at("film.mp4"));
  await playsBeyond(page, 0.1);
  const { duration } = await film(page);
  expect(duration).toBeGreaterThan(300);
  for (let turn = 1, place = 7; turn <= 10; turn++) {
    place = (place * 16_807) % 2_147_483_647;
    const to = (place % Math.floor(duration - 2)) + 0.5;
    await seek(page, to);
    expect(Math.abs((await film(page)).at - to)).toBeLessThan(30);
  }
  expect((await film(page)).error).toBeNull();
  expectQuiet(profile);
}, 240_000);

test("the service worker may be stopped in the middle of a film, again and again", async () => {
  await using profile = await freshProfile(world.browser);
  const { page, context } = profile;
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, at("film.mp4"));
  await playsBeyond(page, 0.1);
  const devtools = await context.newCDPSession(page);
  await devtools.send("ServiceWorker.enable");
  for (const to of [60.5, 120.5, 180.5]) {
    await devtools.send("ServiceWorker.stopAllWorkers");
    await seek(page, to);
    await playsBeyond(page, to + 0.1);
  }
  expect((await film(page)).error).toBeNull();
  expectQuiet(profile);
}, 240_000);

test("ranges are answered exactly, by what the page reads, as something that is shown and never run", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, at("film.mp4"));
  await playsBeyond(page, 0.1);
  const answers = await page.evaluate(async () => {
    const { src } = document.querySelector("video") ?? { src: "" };
    const ask = async (range: string) => {
      const answer = await fetch(src, { headers: { Range: range } });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      return [
        answer.status,
        answer.headers.get("Content-Range"),
        bytes.length,
        new TextDecoder().decode(bytes.slice(4, 8)),
        answer.headers.get("Content-Security-Policy"),
        answer.headers.get("X-Content-Type-Options"),
      ];
    };
    return [
      await ask("bytes=0-31"),
      await ask("bytes=9999999999-"),
      await ask("bytes=1000-300999"),
      // How a player of Apple's begins.
      await ask("bytes=0-1"),
    ];
  });
  const { size } = await stat(join(root, "film.mp4"));
  expect(answers[0]?.slice(0, 4)).toEqual([206, `bytes 0-31/${size}`, 32, "ftyp"]);
  expect(answers[1]?.slice(0, 3)).toEqual([416, `bytes */${size}`, 0]);
  expect(answers[2]?.slice(0, 3)).toEqual([206, `bytes 1000-300999/${size}`, 300_000]);
  expect(answers[3]?.slice(0, 3)).toEqual([206, `bytes 0-1/${size}`, 2]);
  for (const [, , , , policy, sniffing] of answers) {
    expect(policy).toMatch(/^sandbox; default-src 'none';/);
    expect(sniffing).toBe("nosniff");
  }
  // The browser says aloud that the second was refused, as it should be.
  expect(profile.complaints.filter((each) => !each.includes("416"))).toEqual([]);
}, 120_000);

test("a sound plays, a picture is drawn, a text is read, and what no browser shows can be downloaded", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const [catalog, folder] = [catalogName("kinds"), await world.folder()];
  await cp(join(import.meta.dirname, "..", "..", "sample"), folder, { recursive: true });
  await writeFile(join(folder, "numbers.parquet"), "PAR1");
  await world.serve(catalog, folder);
  await world.give(catalog);
  await signIn(page, await world.linkFor(world.bob));
  const look = (path: string) => visit(page, `#/of/${world.alice.account}/kinds/${path}`);
  await look("music/first-light.mp3");
  await page.waitForFunction(() => (document.querySelector("audio")?.currentTime ?? 0) > 0.2);
  await look("pictures/aurora.png");
  await page.waitForFunction(() => (document.querySelector<HTMLImageElement>("dialog img")?.naturalWidth ?? 0) > 0);
  await look("notes/hi.txt");
  await page.locator("dialog pre").getByText("Hi!").waitFor();
  await page.locator("dialog summary").click();
  const { size } = await stat(join(folder, "notes", "hi.txt"));
  const facts = await page.locator("dialog dl").innerText();
  expect(facts).toContain(await digestOf(join(folder, "notes", "hi.txt")));
  expect(facts).toMatch(new RegExp(`\\b${size}\\sB\\b`));
  expect(facts).toContain("text/plain");
  await look("numbers.parquet");
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("dialog").getByRole("button", { name: "Download" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe("numbers.parquet");
  expectQuiet(profile);
}, 120_000);

test("a download is what was served, under its own name", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, at("large.bin"));
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("dialog").getByRole("button", { name: "Download" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe("large.bin");
  expect(await digestOf((await saved.path()) ?? "")).toBe(await digestOf(join(root, "large.bin")));
  expectQuiet(profile);
}, 120_000);

test("a download is seen by every tab, and goes on where it was after the page was loaded anew in the middle", async () => {
  await using profile = await freshProfile(world.browser);
  const { page, context } = profile;
  await signIn(page, await world.linkFor(world.bob));
  await beginDownload(page, at("film.mp4"));
  await cameBeyond(page, 2_000_000);
  const other = await context.newPage();
  await other.goto(`${world.url}#/transfers`);
  await cameBeyond(other, 4_000_000);
  await other.close();
  await page.reload();
  await page.getByText("paused").waitFor();
  await page
    .getByRole("navigation")
    .getByRole("link", { name: /^Downloads\s*1$/ })
    .waitFor();
  const before = await staged(page);
  expect(before).toBeGreaterThan(0);

  await page.getByRole("button", { name: /^Resume/ }).click();
  await expect.poll(() => staged(page), { timeout: 60_000 }).toBeGreaterThan(before);
  await page.getByRole("button", { name: /^Pause/ }).click();
  await page.getByText("paused").waitFor();
  await page.getByRole("button", { name: /^Cancel/ }).click();
  await page.getByText("Nothing has been downloaded").waitFor();
  await expect.poll(() => staged(page), { timeout: 20_000 }).toBe(0);
  expectQuiet(profile);
}, 180_000);

test("a folder goes to a folder that was chosen, file by file", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await page.addInitScript(() => {
    // The dialogue is the browser's own and nobody sits before it: it chooses a folder of the page's private storage.
    Object.assign(globalThis, {
      showDirectoryPicker: async () =>
        (await navigator.storage.getDirectory()).getDirectoryHandle("chosen", { create: true }),
    });
  });
  const catalog = catalogName("sample");
  const sample = join(import.meta.dirname, "..", "..", "sample");
  await world.serve(catalog, sample);
  await world.give(catalog);
  await signIn(page, await world.linkFor(world.bob));
  await openCatalog(page, "sample");
  await page.getByRole("button", { name: "Download folder" }).click();
  await page.getByText("sample is complete and checked").waitFor({ timeout: 60_000 });
  const written = await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("chosen");
    const notes = await folder.getDirectoryHandle("notes");
    const file = await (await notes.getFileHandle("how it works.txt")).getFile();
    return file.text();
  });
  expect(written).toBe(await readFile(join(sample, "notes", "how it works.txt"), "utf8"));
  expectQuiet(profile);
}, 120_000);

// The last, since services come back each in its own time.
test("a film goes on by itself after nats-server was killed in the middle of it, and after its server was stopped", async () => {
  await using profile = await freshProfile(world.browser, { expected: /WebSocket|502/ });
  const { page } = profile;
  page.setDefaultTimeout(120_000);
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, at("film.mp4"));
  await playsBeyond(page, 0.1);
  await world.system.platform.nats.kill();
  await page.getByText("The connection is lost and being sought").waitFor({ state: "attached" });
  // What was not read yet is waited for, and nobody has to do anything.
  const sought = seek(page, 240.5);
  await world.system.platform.nats.restart();
  await sought;
  await playsBeyond(page, 241);

  await served.stop();
  const soughtAgain = seek(page, 120.5);
  served = await world.serve(catalogName("films"), root);
  await soughtAgain;
  await playsBeyond(page, 121);
  expect((await film(page)).error).toBeNull();
  expectQuiet(profile);
}, 400_000);
