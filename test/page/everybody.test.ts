/** That nobody is kept out: by what they see with, by what they type with, by a small screen, or by a language. */
import axe from "axe-core";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshProfile } from "./chromium.ts";
import { connected, expectQuiet, openCatalog, signIn, visit } from "./steps.ts";
import { catalogName, startWorld, type World } from "./world.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");
let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.serve(catalogName("sample"), sample);
  await world.give(catalogName("sample"));
  await world.serve(catalogName("more"), sample);
  await world.offer(catalogName("more"));
  await world.alice.catalog.create({ catalog: catalogName("away") });
  await world.give(catalogName("away"));
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
    await page.getByText("Bring back an account from its copy").click();
    await look("copy", page.getByRole("button", { name: "Bring it back" }));

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
      await page.locator("dialog summary").click();
      await look(name, page.locator(sign));
      await page.keyboard.press("Escape");
    }
    await visit(page, `#/of/${world.alice.account}/away/`);
    await look("away", page.getByRole("heading", { name: "Nobody serves this at the moment" }));
    await visit(page, new URL(await world.linkFor(world.alice)).hash);
    await look("another's link", page.getByRole("button", { name: "Stay as I am" }));

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

    await using newcomer = await freshProfile(world.browser, { colorScheme, reducedMotion: "reduce" });
    await newcomer.page.goto(world.url);
    await newcomer.page.getByLabel("Handle").fill(`newcomer-${colorScheme}`);
    await newcomer.page.getByRole("button", { name: "Make my account" }).click();
    await newcomer.page.getByRole("link", { name: "Keep a copy" }).click();
    await newcomer.page.getByRole("button", { name: "Add a device" }).click();
    await newcomer.page.getByRole("img", { name: "The link as a QR code" }).waitFor();
    const wrong = await serious(newcomer.page);
    if (wrong.length > 0) found["devices of a newcomer"] = wrong;
    expect(found).toEqual({});
    for (const each of [profile, owner, newcomer]) expectQuiet(each);
  },
  240_000,
);

test("on the narrowest screen, or at four times the size, nothing is cut off or has to be scrolled sideways", async () => {
  const narrow = { viewport: { width: 320, height: 640 } };
  await using visitor = await freshProfile(world.browser, narrow);
  await using owner = await freshProfile(world.browser, narrow);
  const wide: string[] = [];
  const look = async (page: Page, name: string, sign: ReturnType<Page["locator"]>) => {
    await sign.first().waitFor();
    const over = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll("main, dialog")].map(
        ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
      ),
    );
    if (Math.max(...over) > 0) wide.push(`${name}: ${over.join()}`);
  };
  const { page } = visitor;
  await page.goto(world.url);
  await page.getByText("Bring back an account from its copy").click();
  await look(page, "welcome", page.getByRole("button", { name: "Bring it back" }));
  await signIn(page, await world.linkFor(world.bob));
  await look(page, "library", page.getByRole("button", { name: "Accept" }));
  await openCatalog(page, "sample");
  await look(page, "catalog", page.getByText("Welcome.md"));
  await visit(page, `#/of/${world.alice.account}/sample/Welcome.md`);
  await page.locator("dialog summary").click();
  await look(page, "viewer", page.locator("dialog dl"));

  await signIn(owner.page, await world.linkFor(world.alice, { administrator: true, maySign: true }));
  for (const [at, sign] of [
    ["sharing", "Make a link"],
    ["transfers", "Nothing has been downloaded"],
    ["activity", "A catalog was made"],
    ["devices", "this browser"],
    ["services", "Projections"],
  ] as const) {
    await visit(owner.page, `#/${at}`);
    await look(owner.page, at, owner.page.getByText(sign));
  }
  expect(wide).toEqual([]);
  expectQuiet(visitor);
  expectQuiet(owner);
}, 180_000);

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

test("each tab goes its own way, and back by the browser's own button", async () => {
  await using profile = await freshProfile(world.browser);
  const { page, context } = profile;
  await signIn(page, await world.linkFor(world.bob));
  await openCatalog(page, "sample");
  await page.getByRole("link", { name: "notes" }).click();
  await page.getByRole("heading", { name: "notes" }).waitFor();

  const other = await context.newPage();
  await other.goto(world.url);
  await connected(other);
  await other.getByRole("link", { name: "Activity" }).click();
  await other.getByRole("heading", { name: "Activity" }).waitFor();
  await other.goBack();
  await other.getByRole("heading", { name: "Library" }).waitFor();

  expect(await page.getByRole("heading", { name: "notes" }).isVisible()).toBe(true);
  await page.goBack();
  await page.getByRole("heading", { name: "sample" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Library" }).waitFor();
  await page.goForward();
  await page.getByText("Welcome.md").waitFor();
  expectQuiet(profile);
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

  await using owner = await freshProfile(world.browser, { locale: "de-DE" });
  await owner.page.goto(await world.linkFor(world.alice, { administrator: true }));
  await visit(owner.page, "#/services");
  await owner.page.getByRole("button", { name: "Alle öffnen" }).click();
  await owner.page.getByText("Endpunkte").first().waitFor();
  await owner.page.getByRole("button", { name: "whoami" }).click();
  await owner.page.getByText("Warteschlange").first().waitFor();
  expectQuiet(profile);
  expectQuiet(owner);
}, 120_000);
