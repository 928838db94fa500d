import axe from "axe-core";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshProfile } from "./chromium.ts";
import { expectQuiet, openCatalog, signIn, visit } from "./steps.ts";
import { catalogName, startWorld, type World } from "./world.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");
let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.serve(catalogName("sample"), sample);
  await world.give(catalogName("sample"));
  await world.serve(catalogName("more"), sample);
  await world.offer(catalogName("more"));
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

/** What axe finds that is serious, each with where. */
const serious = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
};

test.each(["light", "dark"] as const)(
  "nothing on any view keeps somebody out, in the %s",
  async (colorScheme) => {
    await using profile = await freshProfile(world.browser, { colorScheme, reducedMotion: "reduce" });
    const { page } = profile;
    const found: Record<string, string[]> = {};
    const look = async (name: string, sign: ReturnType<Page["locator"]>) => {
      await sign.first().waitFor();
      const wrong = await serious(page);
      if (wrong.length > 0) found[name] = wrong;
    };
    await page.goto(world.url);
    await look("welcome", page.getByRole("heading", { level: 1 }));

    await signIn(page, await world.linkFor(world.bob));
    await look("library", page.getByRole("button", { name: "Accept" }));
    await openCatalog(page, "sample");
    await look("catalog", page.getByText("Welcome.md"));
    await page.getByRole("button", { name: "As a grid" }).click();
    await look("grid", page.getByText("Welcome.md"));
    const of = `#/of/${world.alice.account}/sample`;
    for (const [name, path, sign] of [
      ["markdown", "Welcome.md", "dialog h1"],
      ["text", "notes/hi.txt", "dialog pre"],
      ["picture", "pictures/aurora.png", "dialog img"],
      ["film", "video/tides.mp4", "dialog video"],
      ["sound", "music/first-light.mp3", "dialog audio"],
    ] as const) {
      await visit(page, `${of}/${path}`);
      await look(name, page.locator(sign));
      await page.keyboard.press("Escape");
    }

    await using owner = await freshProfile(world.browser, { colorScheme, reducedMotion: "reduce" });
    await signIn(owner.page, await world.linkFor(world.alice, { administrator: true }));
    const of_ = async (at: string, sign: string) => {
      await visit(owner.page, `#/${at}`);
      await owner.page.getByText(sign).first().waitFor();
      const wrong = await serious(owner.page);
      if (wrong.length > 0) found[at] = wrong;
    };
    await of_("sharing", "Take back");
    await of_("transfers", "Nothing has been downloaded");
    await of_("activity", "A catalog was made");
    await of_("devices", "this browser");
    await of_("services", "Projections");
    expect(found).toEqual({});
    expectQuiet(profile);
    expectQuiet(owner);
  },
  240_000,
);

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

test("everything can be done by keyboard: into a folder, a file, the next one, and back", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await signIn(page, await world.linkFor(world.bob));
  await openCatalog(page, "sample");
  await page.getByText("Welcome.md").waitFor();
  await page.getByRole("grid").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "pictures" }).waitFor();
  await page.getByText("aurora.png").waitFor();
  await page.getByRole("grid").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: /aurora\.png/ }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("dialog", { name: /harbour\.svg/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("grid").focus();
  await page.keyboard.press("Backspace");
  await page.getByRole("heading", { name: "sample" }).waitFor();
  expect(profile.complaints).toEqual([]);
}, 120_000);

test("it speaks German to whoever does, and keeps to what was chosen", async () => {
  await using profile = await freshProfile(world.browser, { locale: "de-AT" });
  const { page } = profile;
  await page.goto(await world.linkFor(world.bob));
  await page.getByText("verbunden", { exact: true }).waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("de");
  await page.getByLabel("Sprache").selectOption("en");
  await page.getByRole("heading", { name: "Library" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Library" }).waitFor();
  expectQuiet(profile);
}, 120_000);

test("a long folder is drawn only where it is seen, from its first file to its last", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const root = await world.folder();
  const many = 5_000;
  await mkdir(join(root, "many"));
  for (let at = 0; at < many; at++) await writeFile(join(root, "many", `file ${at}.txt`), `${at}`);
  await world.serve(catalogName("long"), root);
  await world.give(catalogName("long"));
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, `#/of/${world.alice.account}/long/many/`);
  await page.getByText("5,000 files").waitFor();
  expect(await page.getByRole("row").count()).toBeLessThan(60);
  await page.getByRole("grid").focus();
  await page.keyboard.press("End");
  await page.getByText(`file ${many - 1}.txt`).waitFor();
  expect(await page.getByRole("row").count()).toBeLessThan(60);
  await page.getByLabel("Search this catalog").fill("file 4321");
  await page.getByText("1 result").waitFor();
  expectQuiet(profile);
}, 180_000);

test("nats-server and the file-server may be killed and come back: the page finds both by itself", async () => {
  await using profile = await freshProfile(world.browser, { expected: /WebSocket|502/ });
  const { page } = profile;
  const catalog = catalogName("coming-back");
  const served = await world.serve(catalog, sample);
  await world.give(catalog);
  await signIn(page, await world.linkFor(world.bob));
  await openCatalog(page, "coming-back");
  await page.getByText("Welcome.md").waitFor();

  await world.system.platform.nats.kill();
  await page.getByText("The connection is lost and being sought").waitFor();
  expect(await page.getByText("Welcome.md").isVisible()).toBe(true);
  await world.system.platform.nats.restart();
  await page.getByText("connected", { exact: true }).waitFor({ timeout: 90_000 });
  await page.getByRole("link", { name: "notes" }).click();
  await page.getByText("hi.txt").waitFor();

  await served.stop();
  await visit(page, `#/of/${world.alice.account}/coming-back/music/`);
  await page.getByText("Nobody serves this at the moment").waitFor({ timeout: 60_000 });
  await world.serve(catalog, sample);
  await page.getByText("first-light.mp3").waitFor({ timeout: 60_000 });
  expectQuiet(profile);
}, 240_000);
