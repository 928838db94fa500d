/** Takes a picture of every view, light and dark, on a desk and on a phone: `npm run screenshots [-- FOLDER]`. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { freshProfile } from "./chromium.ts";
import { openCatalog, signIn } from "./steps.ts";
import { catalogName, startWorld } from "./world.ts";

const folder = process.argv[2] ?? join(import.meta.dirname, "..", "..", "docs", "screenshots");
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;
const schemes = ["light", "dark"] as const;

await using world = await startWorld();
const sample = join(import.meta.dirname, "..", "..", "sample");
for (const name of ["sample", "pictures", "notes"]) {
  await world.serve(catalogName(name), name === "sample" ? sample : join(sample, name));
}
await world.give(catalogName("sample"));
await world.give(catalogName("notes"));
await world.offer(catalogName("pictures"));
await mkdir(folder, { recursive: true });

/** Each view: whose it is, and how it is come to. */
const views: Readonly<Record<string, { of: "alice" | "bob" | "nobody"; come: (page: Page) => Promise<unknown> }>> = {
  welcome: { of: "nobody", come: async (page) => page.goto(world.url) },
  library: { of: "bob", come: async (page) => page.getByRole("link", { name: "notes" }).waitFor() },
  catalog: { of: "bob", come: async (page) => openCatalog(page, "sample") },
  grid: {
    of: "alice",
    async come(page) {
      await page.goto(`${world.url}#/of/me/sample/pictures/`);
      await page.getByRole("button", { name: "As a grid" }).click();
      await page.locator("img[src^=blob]").nth(1).waitFor();
    },
  },
  picture: {
    of: "bob",
    async come(page) {
      await page.goto(`${world.url}#/of/${world.alice.account}/sample/pictures/aurora.png`);
      await page.locator("dialog img").waitFor();
      await page.waitForFunction(() => document.querySelector<HTMLImageElement>("dialog img")?.complete);
    },
  },
  video: {
    of: "bob",
    async come(page) {
      await page.goto(`${world.url}#/of/${world.alice.account}/sample/video/tides.mp4`);
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.5);
      await page.evaluate(() => document.querySelector("video")?.pause());
    },
  },
  markdown: {
    of: "bob",
    async come(page) {
      await page.goto(`${world.url}#/of/${world.alice.account}/sample/Welcome.md`);
      await page.locator("dialog h1").waitFor();
    },
  },
  sharing: { of: "alice", come: (page) => visit(page, "sharing", "Take back") },
  downloads: {
    of: "bob",
    async come(page) {
      await page.goto(`${world.url}#/of/${world.alice.account}/sample/video/tides.mp4`);
      await page.locator("dialog").getByRole("button", { name: "Download" }).click();
      await visit(page, "transfers", "saved");
    },
  },
  activity: { of: "alice", come: (page) => visit(page, "activity", "A catalog was made") },
  devices: { of: "alice", come: (page) => visit(page, "devices", "this browser") },
  services: { of: "alice", come: (page) => visit(page, "services", "Projections") },
};

const visit = async (page: Page, at: string, sign: string) => {
  await page.goto(`${world.url}#/${at}`);
  await page.getByText(sign).first().waitFor();
};

for (const [device, viewport] of Object.entries(sizes)) {
  for (const colorScheme of schemes) {
    const profiles = new Map<string, Awaited<ReturnType<typeof freshProfile>>>();
    for (const who of ["nobody", "alice", "bob"] as const) {
      const profile = await freshProfile(world.browser, { viewport, colorScheme, reducedMotion: "reduce" });
      if (who !== "nobody") {
        await signIn(profile.page, await world.linkFor(world[who], { administrator: who === "alice" }));
      }
      profiles.set(who, profile);
    }
    for (const [name, { of, come }] of Object.entries(views)) {
      const page = profiles.get(of)?.page;
      if (!page) continue;
      await come(page);
      await page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`) });
      console.log(`${name}-${device}-${colorScheme}`);
      // A viewer is left by its own key, as somebody would.
      await page.keyboard.press("Escape");
    }
    for (const { context, complaints } of profiles.values()) {
      for (const complaint of complaints) console.error(complaint);
      await context.close();
    }
  }
}
