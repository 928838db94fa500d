/**
 * Takes a picture of every view, light and dark, on a desk and on a phone: `npm run screenshots [-- FOLDER]`. Those that
 * the README and the guide show are renewed in docs/screenshots, and all of them stand in the folder, `dist/screenshots`
 * where none is named.
 */
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { serveSigning } from "../system/signing.fixture.ts";
import { freshProfile } from "./chromium.ts";
import { pdfOf } from "./pdf.ts";
import { connected, openCatalog, signIn, visit } from "./steps.ts";
import { catalogName, startWorld } from "./world.ts";

const root = join(import.meta.dirname, "..", "..");
const all = process.argv[2] ?? join(root, "dist", "screenshots");
const shown = join(root, "docs", "screenshots");
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;
const schemes = ["light", "dark"] as const;

await using opened = new AsyncDisposableStack();
const world = opened.use(await startWorld());
const sample = join(root, "sample");
const summer = await world.folder();
await cp(sample, summer, { recursive: true });
await writeFile(join(summer, "boarding pass.pdf"), pdfOf(["Boarding pass", "Window seat"]));
const folders = { summer, pictures: join(sample, "pictures"), notes: join(sample, "notes") };
for (const [name, folder] of Object.entries(folders)) await world.serve(catalogName(name), folder);
await world.alice.catalog.describe({ catalog: catalogName("summer"), description: "By the sea, in August" });
await world.give(catalogName("summer"));
await world.give(catalogName("notes"));
await world.offer(catalogName("pictures"));
const odd = await world.folder();
const longest = "A letter to everybody who was there that evening, and to those who could not come, with all names";
for (const name of [
  `${longest}.txt`,
  "تقرير الصيف ٢٠٢٤.txt",
  "מכתב (2).txt",
  "夏の海と灯台の写真について.txt",
  "~ 100 % #1 & co.txt",
  "noextension",
]) {
  await writeFile(join(odd, name), name);
}
await world.serve(catalogName("odd-names"), odd);
await world.give(catalogName("odd-names"));
// Its owner is away.
await world.alice.catalog.create({ catalog: catalogName("away") });
await world.give(catalogName("away"));
await serveSigning(world.system, world.alice, opened);
for (const folder of [all, shown]) await mkdir(folder, { recursive: true });

type Who = "nobody" | "alice" | "bob" | "newcomer";
interface View {
  readonly of: Who;
  /** Comes to it; what is given back is there when the picture is taken. */
  readonly come: (page: Page) => Promise<Locator>;
  /** In which forms the documents show it. */
  readonly in?: readonly string[];
}

const theirs = (path: string) => `#/of/${world.alice.account}/summer/${path}`;
const odds = `#/of/${world.alice.account}/odd-names/`;
const mainText = (page: Page, text: string | RegExp) => page.getByRole("main").getByText(text).first();
/** Looks at a file, and waits for what shows it. */
const viewing = (path: string, sign: string) => async (page: Page) => {
  await visit(page, theirs(path));
  return page.locator(`dialog ${sign}`).first();
};
const at = (fragment: string, sign: string | RegExp) => async (page: Page) => {
  await visit(page, `#/${fragment}`);
  return mainText(page, sign);
};

const views: Readonly<Record<string, View>> = {
  welcome: { of: "nobody", come: async (page) => page.getByRole("button", { name: "Make my account" }) },
  library: {
    of: "bob",
    in: ["phone-dark"],
    async come(page) {
      await visit(page, "#/");
      await mainText(page, "from @alice").waitFor();
      return page.getByRole("main").getByRole("link", { name: /notes/ });
    },
  },
  catalog: {
    of: "bob",
    async come(page) {
      await openCatalog(page, "summer");
      return mainText(page, "Welcome.md");
    },
  },
  names: {
    of: "bob",
    async come(page) {
      await visit(page, odds);
      return mainText(page, "noextension");
    },
  },
  name: {
    of: "bob",
    async come(page) {
      await visit(page, `${odds}${encodeURIComponent(`${longest}.txt`)}`);
      await page.locator("dialog summary").click();
      return page.locator("dialog pre");
    },
  },
  away: {
    of: "bob",
    async come(page) {
      await visit(page, `#/of/${world.alice.account}/away/`);
      return mainText(page, "Nobody serves this");
    },
  },
  empty: {
    of: "newcomer",
    async come(page) {
      await visit(page, "#/");
      return mainText(page, "Nobody has shared");
    },
  },
  copy: {
    of: "nobody",
    async come(page) {
      const way = page.getByText("Bring back an account from its copy");
      await way.scrollIntoViewIfNeeded();
      await way.click();
      await page.getByRole("button", { name: "Bring it back" }).scrollIntoViewIfNeeded();
      return page.getByRole("button", { name: "Bring it back" });
    },
  },
  grid: {
    of: "alice",
    async come(page) {
      await visit(page, "#/of/me/summer/pictures/");
      await page.getByRole("button", { name: "As a grid" }).click();
      return page.locator("img[src^=blob]").nth(1);
    },
  },
  picture: {
    of: "bob",
    async come(page) {
      const image = await viewing("pictures/aurora.png", "img")(page);
      await page.waitForFunction(() => document.querySelector<HTMLImageElement>("dialog img")?.complete);
      return image;
    },
  },
  video: {
    of: "bob",
    in: ["desktop-dark", "phone-light"],
    async come(page) {
      const video = await viewing("video/tides.mp4", "video")(page);
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.5);
      await page.evaluate(() => document.querySelector("video")?.pause());
      return video;
    },
  },
  sound: { of: "bob", come: viewing("music/first-light.mp3", "audio") },
  markdown: { of: "bob", come: viewing("Welcome.md", "h1") },
  text: { of: "bob", come: viewing("notes/hi.txt", "pre") },
  pdf: { of: "bob", come: viewing("boarding pass.pdf", "canvas[aria-label*='Boarding pass']") },
  sharing: {
    of: "alice",
    in: ["desktop-light"],
    async come(page) {
      await visit(page, "#/sharing");
      const card = page.getByRole("region", { name: "summer" });
      await card.getByText("@bob").first().waitFor();
      await card.getByRole("button", { name: "Make a link" }).click();
      return card.getByRole("img", { name: "The link as a QR code" });
    },
  },
  downloads: {
    of: "bob",
    async come(page) {
      await viewing("video/tides.mp4", "video")(page);
      await page.locator("dialog").getByRole("button", { name: "Download" }).click();
      await page.keyboard.press("Escape");
      return at("transfers", "saved")(page);
    },
  },
  activity: { of: "alice", come: at("activity", "A catalog was made") },
  devices: { of: "newcomer", come: at("devices", "A copy of your account") },
  services: {
    of: "alice",
    async come(page) {
      await visit(page, "#/services");
      // Rates need two looks.
      await page
        .getByRole("article")
        .first()
        .getByText(/\d\/s$/)
        .waitFor();
      return page.getByRole("row", { name: /^catalogs/ });
    },
  },
};

for (const [device, viewport] of Object.entries(sizes)) {
  for (const colorScheme of schemes) {
    const profiles = new Map<Who, Awaited<ReturnType<typeof freshProfile>>>();
    for (const who of ["nobody", "alice", "bob", "newcomer"] as const) {
      const profile = await freshProfile(world.browser, { viewport, colorScheme, reducedMotion: "reduce" });
      const { page } = profile;
      if (who === "alice") await signIn(page, await world.linkFor(world.alice, { administrator: true, maySign: true }));
      else if (who === "bob") await signIn(page, await world.linkFor(world.bob));
      else await page.goto(world.url);
      if (who === "newcomer") {
        await page.getByLabel("Handle").fill(`carol-${device}-${colorScheme}`);
        await page.getByRole("button", { name: "Make my account" }).click();
        await connected(page);
      }
      profiles.set(who, profile);
    }
    for (const [name, { of, come, in: forms = [] }] of Object.entries(views)) {
      const page = profiles.get(of)?.page;
      if (!page) continue;
      await (await come(page)).waitFor();
      const form = `${device}-${colorScheme}`;
      await page.screenshot({ path: join(all, `${name}-${form}.png`) });
      if (forms.includes(form)) {
        await page.screenshot({ path: join(shown, `${name}-${form}.jpg`), type: "jpeg", quality: 78 });
      }
      console.log(`${name}-${form}`);
      // A viewer is left by its own key, as somebody would.
      await page.keyboard.press("Escape");
    }
    for (const { context, complaints } of profiles.values()) {
      for (const complaint of complaints) console.error(complaint);
      if (complaints.length > 0) process.exitCode = 1;
      await context.close();
    }
  }
}
