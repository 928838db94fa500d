import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventSubject } from "@natster/contracts";
import { catalogEvents } from "@natster/contracts/catalog";
import { serveLies } from "../attacks/hostile-instance.fixture.ts";
import { freshProfile } from "./chromium.ts";
import { pdfOf } from "./pdf.ts";
import { record } from "./record.ts";
import { expectQuiet, openCatalog, signIn, visit } from "./steps.ts";
import { catalogName, startWorld, type World } from "./world.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");
let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.serve(catalogName("sample"), sample);
  await world.give(catalogName("sample"));
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

test("an administrator sees every service and projection, and rebuilds one while it is read", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await signIn(page, await world.linkFor(world.alice, { administrator: true }));
  await visit(page, "#/services");
  for (const name of ["accounts", "catalog", "codes", "file-server", "projector", "web"]) {
    await page
      .getByRole("heading", { name: new RegExp(`^${name}\\b`) })
      .first()
      .waitFor();
  }
  const row = page.getByRole("row", { name: /^catalogs/ });
  await row.getByRole("button", { name: "Rebuild" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rebuild" }).click();
  await expect.poll(() => row.innerText(), { timeout: 60_000 }).toMatch(/up to date/);
  await visit(page, "#/");
  await page.getByRole("link", { name: /\bsample\b/ }).waitFor();
  expectQuiet(profile);
}, 120_000);

test("what a projection put aside is shown with its reason, tried again, and left out", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const spoiled = catalogName("spoiled");
  await world.alice.catalog.create({ catalog: spoiled });
  await signIn(page, await world.linkFor(world.alice, { administrator: true }));
  await visit(page, "#/services");
  await page.getByRole("row", { name: /^catalogs/ }).waitFor();
  const subject = eventSubject(catalogEvents, { owner: world.alice.account, catalog: spoiled }, "described");
  const sequence = await record(world.system, subject, "garbled");
  await page.getByText("A projection could not take in an event").first().waitFor({ timeout: 60_000 });

  await page.getByRole("button", { name: /Show the 1 event that catalogs/ }).click();
  const list = page.getByRole("region", { name: "What catalogs put aside" });
  await list.getByText(String(sequence), { exact: true }).waitFor();
  expect(await list.innerText()).toContain(subject);
  await list.getByRole("button", { name: "Retry", exact: true }).click();
  await page.getByText("1 event still put aside").waitFor({ timeout: 60_000 });
  await list.getByRole("button", { name: "Leave out" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave out" }).click();
  await page.getByText("catalogs has taken in everything").waitFor({ timeout: 60_000 });
  await list.waitFor({ state: "detached", timeout: 60_000 });
  const status = (await world.alice.library.status({})).projections.find(({ projection }) => projection === "catalogs");
  expect(status).toMatchObject({ parked: 0 });
  expectQuiet(profile);
}, 180_000);

test("whoever looks elsewhere is told of what is new, and finds it marked until it was looked at", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const catalog = catalogName("letters");
  const root = await world.folder();
  await writeFile(join(root, "first.txt"), "first");
  await world.serve(catalog, root);
  await world.give(catalog);
  await signIn(page, await world.linkFor(world.bob));
  await openCatalog(page, "letters");
  await page.getByText("first.txt").waitFor();
  await visit(page, "#/");
  const card = page.getByRole("main").getByRole("link", { name: /\bletters\b/ });
  await card.waitFor();
  await expect.poll(() => card.getByText("New", { exact: true }).count()).toBe(0);

  await visit(page, "#/activity");
  await page.getByRole("heading", { name: "Activity" }).waitFor();
  await writeFile(join(root, "second.txt"), "second");
  await page.getByText("There is something new in “letters”").click({ timeout: 60_000 });
  await page.getByText("second.txt").waitFor();
  await visit(page, "#/activity");
  await page.getByRole("heading", { name: "Activity" }).waitFor();
  await writeFile(join(root, "third.txt"), "third");
  await visit(page, "#/");
  await card.getByText("New", { exact: true }).waitFor({ timeout: 60_000 });

  const other = catalogName("invited");
  await world.alice.catalog.create({ catalog: other });
  await world.offer(other);
  await page.getByText("@alice shares “invited” with you").waitFor({ timeout: 60_000 });
  await page.getByRole("main").getByText("invited", { exact: true }).waitFor();
  expectQuiet(profile);
}, 180_000);

test("a folder of a hundred thousand is drawn only where it is seen, and stays in hand from its first file to its last", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const [catalog, many, each] = [catalogName("long"), 100_000, 1_000];
  const server = await world.server(catalog);
  const entry = (at: number) => ({ path: `file ${at}.txt`, size: at, modified: at, type: "text/plain", digest });
  const digest = "0".repeat(64);
  // A real instance, but for the folder: to make so many files would take longer than to look at them.
  await using _serving = await serveLies({ server, catalog }, (_, { after, name }) => {
    const from = Number(after ?? 0);
    const entries = Array.from({ length: each }, (_, at) => entry(from + at));
    const found = typeof name === "string" ? entries.filter(({ path }) => path.includes(name)) : entries;
    const next = from + each;
    return { folders: [], entries: found, revision: 1, ...(next < many && { next: String(next) }) };
  });
  await world.give(catalog);
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, `#/of/${world.alice.account}/long/`);
  await page.getByText("100,000 files").waitFor({ timeout: 120_000 });
  const rows = () => page.getByRole("row").count();
  expect(await rows()).toBeLessThan(60);

  const [longest, frames] = await page.getByRole("grid").evaluate(async (grid) => {
    let [longest, before] = [0, performance.now()];
    const steps = 120;
    for (let step = 1; step <= steps; step++) {
      grid.scrollTo({ top: (grid.scrollHeight * step) / steps });
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      [longest, before] = [Math.max(longest, now - before), now];
    }
    return [longest, steps];
  });
  console.log(`scrolling over 100,000 lines in ${frames} frames: the longest took ${Math.round(longest)} ms`);
  await page.getByText(`file ${many - 1}.txt`).waitFor();
  expect(await rows()).toBeLessThan(60);
  await page.getByRole("grid").focus();
  await page.keyboard.press("Home");
  await page.getByText("file 0.txt", { exact: true }).waitFor();
  await page.keyboard.press("End");
  await page.getByText(`file ${many - 1}.txt`).waitFor();
  await page.getByLabel("Search this catalog").fill("file 43210");
  await page.getByText("1 result").waitFor({ timeout: 60_000 });
  expectQuiet(profile);
}, 240_000);

test("a PDF is drawn page by page, and read aloud as what stands in it", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const catalog = catalogName("papers");
  const root = await world.folder();
  await writeFile(join(root, "paper.pdf"), pdfOf(["The first page", "The second page", "The last page"]));
  await world.serve(catalog, root);
  await world.give(catalog);
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, `#/of/${world.alice.account}/papers/paper.pdf`);
  const sheet = (number: number, text: string) => page.getByRole("img", { name: `Page ${number} of 3. ${text}` });
  await sheet(1, "The first page").waitFor({ timeout: 60_000 });
  const isDrawn = await sheet(1, "The first page").evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) throw new Error("a page is drawn on a canvas");
    const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    return data.some((value, at) => at % 4 === 0 && value < 100);
  });
  expect(isDrawn).toBe(true);
  const [first, second] = await page
    .locator("dialog canvas")
    .evaluateAll((pages) => pages.map((each) => each.getBoundingClientRect().toJSON() as DOMRect));
  expect((first?.height ?? 0) / (first?.width ?? 1)).toBeCloseTo(842 / 595, 1);
  expect(second?.top ?? 0).toBeGreaterThan(first?.bottom ?? 0);
  await page.getByRole("img", { name: "Page 3 of 3" }).scrollIntoViewIfNeeded();
  await sheet(3, "The last page").waitFor({ timeout: 60_000 });
  expectQuiet(profile);
}, 120_000);
