/** That the page comes back by itself, whatever was lost: a network, its sleep, nats-server, or whoever serves. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openWay, pass } from "@natster/nats-server/way";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshProfile, ownBrowser } from "./chromium.ts";
import { connected, expectQuiet, openCatalog, signIn, visit } from "./steps.ts";
import { catalogName, startWorld, type World } from "./world.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");
let world: World;

beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

/** A catalog that somebody offers meanwhile. */
async function offerMeanwhile(name: string): Promise<void> {
  const catalog = catalogName(name);
  await world.alice.catalog.create({ catalog });
  await world.offer(catalog);
}

test("a page that slept, and whose connection died meanwhile, is there again as soon as it wakes", async () => {
  await using way = await openWay(world.url);
  await using own = await ownBrowser({ expected: /WebSocket/ });
  const { page } = own;
  await signIn(page, (await world.linkFor(world.bob)).replace(world.url, way.url));
  await page.getByRole("heading", { name: "Library" }).waitFor();
  await own.asleep(async () => {
    // As under a machine that sleeps: nothing comes by what was open, and nobody hangs up.
    way.hold();
    await offerMeanwhile("while-asleep");
    // Longer than anything but sleep would take.
    await sleep(15_000);
  });
  await page.getByRole("main").getByText("while-asleep", { exact: true }).waitFor({ timeout: 60_000 });
  await connected(page);
  expect(own.complaints).toEqual([]);
}, 180_000);

test("a network that is gone without a word is missed, and found again when it is back", async () => {
  let isCut = false;
  await using way = await openWay(world.url, (from, into, to) => {
    if (!isCut) pass(from, into, to);
  });
  await using profile = await freshProfile(world.browser, { expected: /WebSocket/ });
  const { page } = profile;
  await signIn(page, (await world.linkFor(world.bob)).replace(world.url, way.url));
  await page.getByRole("heading", { name: "Library" }).waitFor();
  isCut = true;
  way.hold();
  await page.getByText("The connection is lost and being sought").waitFor({ timeout: 90_000 });
  await offerMeanwhile("while-away");
  isCut = false;
  await page.getByRole("main").getByText("while-away", { exact: true }).waitFor({ timeout: 60_000 });
  await connected(page);
  expect(profile.complaints).toEqual([]);
}, 240_000);

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
  await page.getByRole("link", { name: "notes" }).click();
  await page.locator("[aria-busy=true]").waitFor();
  await world.system.platform.nats.restart();
  await page.getByText("connected", { exact: true }).waitFor({ timeout: 90_000 });
  await page.getByText("hi.txt").waitFor();

  await served.stop();
  await visit(page, "#/");
  const card = page.getByRole("listitem").filter({ hasText: catalog });
  await card.getByRole("img", { name: "offline" }).waitFor({ timeout: 60_000 });
  await visit(page, `#/of/${world.alice.account}/coming-back/music/`);
  await page.getByText("Nobody serves this at the moment").waitFor({ timeout: 60_000 });
  await world.serve(catalog, sample);
  await page.getByText("first-light.mp3").waitFor({ timeout: 60_000 });
  await visit(page, "#/");
  await card.getByRole("img", { name: "online" }).waitFor({ timeout: 60_000 });
  expectQuiet(profile);
}, 240_000);
