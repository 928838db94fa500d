import { issueDeviceCode, issueShareCode, memoryCodeStore, startFulfiller, unshare } from "@natster/person";
import { codeLink, createCode, formatCode } from "@natster/trust";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freshProfile } from "./chromium.ts";
import { begin, connected, expectQuiet, openCatalog, playsBeyond, signIn, visit } from "./steps.ts";
import { catalogName, startWorld, type World } from "./world.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");
let world: World;

beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

test("a link signs a fresh browser in, is gone from the address, and is not needed again", async () => {
  await using profile = await freshProfile(world.browser);
  const { page, context } = profile;
  await signIn(page, await world.linkFor(world.bob));
  expect(page.url()).not.toContain("device");

  await page.reload();
  await connected(page);
  const second = await context.newPage();
  await second.goto(world.url);
  await connected(second);
  await second.getByText("@bob").waitFor();
  expectQuiet(profile);
}, 120_000);

test("the device's key cannot be read again, not by the page either", async () => {
  await using profile = await freshProfile(world.browser);
  await signIn(profile.page, await world.linkFor(world.bob));
  const kept = await profile.page.evaluate(
    () =>
      new Promise<{ isKey: boolean; extractable: boolean; text: string }>((resolve) => {
        const opening = indexedDB.open("natster");
        opening.addEventListener("success", () => {
          const asking = opening.result.transaction("device").objectStore("device").get("this");
          asking.addEventListener("success", () => {
            const { key } = asking.result;
            resolve({
              isKey: key instanceof CryptoKey,
              extractable: key.extractable,
              text: JSON.stringify(asking.result),
            });
          });
        });
      }),
  );
  expect(kept).toMatchObject({ isKey: true, extractable: false });
  expect(kept.text).not.toMatch(/SU[A-Z2-7]{56}/);
  expectQuiet(profile);
}, 120_000);

test("a link to a folder opens it for somebody who has nothing and nobody", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const [store, catalog] = [memoryCodeStore(), catalogName("by-link")];
  await world.serve(catalog, sample);
  await using _fulfiller = await startFulfiller(world.alice, { account: world.alice.key, store });
  const link = codeLink(world.url, await issueShareCode(world.alice, { catalog }, store));

  await page.goto(link);
  await page.getByText("Welcome.md").waitFor({ timeout: 60_000 });
  expect(new URL(page.url()).hash).toBe(`#/of/${world.alice.account}/by-link/`);
  await visit(page, `#/of/${world.alice.account}/by-link/video/tides.mp4`);
  await playsBeyond(page, 0.1);

  await using other = await freshProfile(world.browser);
  await other.page.goto(link);
  await other.page.getByText("Somebody has used this code already").waitFor({ timeout: 60_000 });
  expect(await other.page.getByRole("button", { name: "Try again" }).count()).toBe(0);
  expectQuiet(profile);
  expectQuiet(other);
}, 180_000);

test("a code that is typed makes this browser a device of the account that made it", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const store = memoryCodeStore();
  await using _fulfiller = await startFulfiller(world.bob, { account: world.bob.key, store });
  const code = await issueDeviceCode(world.bob, { name: "bob's phone", role: "browser" }, store);

  await page.goto(world.url);
  await page.getByLabel("Link or code").fill(formatCode(code).toLowerCase());
  await page.getByRole("button", { name: "Open" }).click();
  await connected(page);
  await page.getByText("@bob").waitFor({ timeout: 60_000 });
  await visit(page, "#/devices");
  await page.getByText("bob's phone").waitFor();
  const { rows } = await world.bob.library.devices({});
  expect(rows.find(({ name }) => name === "bob's phone")).toMatchObject({ role: "browser" });
  expectQuiet(profile);
}, 180_000);

test("a newcomer makes an account here, is invited by handle, and reads what was shared", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const catalog = catalogName("for-carol");
  await world.serve(catalog, sample);
  await begin(page, world.url, "carol");

  const { account } = await vi.waitFor(() => world.alice.library.person({ handle: "carol" as never }), 20_000);
  await world.offerTo(account, catalog);
  await page.getByRole("button", { name: "Accept" }).click();
  await openCatalog(page, "for-carol");
  await page.getByRole("link", { name: "Welcome.md" }).click();
  await page.getByRole("heading", { name: /Welcome to Natster/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("grid").waitFor();
  expect(new URL(page.url()).hash).toBe(`#/of/${world.alice.account}/for-carol/`);
  expectQuiet(profile);
}, 120_000);

test("a handle that is taken is told so, and nothing was made", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await page.goto(world.url);
  await page.getByLabel("Handle").fill("bob");
  await page.getByRole("button", { name: "Make my account" }).click();
  await page.getByText("Somebody else has this handle").waitFor();
  await page.getByLabel("Code, if you were given one").fill("E7KQ2M4T-9PZD-WB3E");
  await page.getByLabel("Handle").fill("dave");
  await page.getByRole("button", { name: "Make my account" }).click();
  await page.getByText("This code has a typing error in it.").waitFor();
  await expect(world.alice.library.person({ handle: "dave" as never })).rejects.toMatchObject({
    reason: "person_unknown",
  });
  expectQuiet(profile);
}, 120_000);

test("what was taken back is gone from the library, and a film that runs ends", async () => {
  await using profile = await freshProfile(world.browser, { expected: /503|Failed to load resource/ });
  const { page } = profile;
  const catalog = catalogName("films");
  await world.serve(catalog, await world.folderWithFilm(200_000_000));
  await world.give(catalog);
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, `#/of/${world.alice.account}/films/film.mp4`);
  await playsBeyond(page, 0.2);

  await unshare(world.alice, catalog, world.bob.account);
  await page.getByText("“films” was taken back").waitFor();
  await page.evaluate(() => {
    const video = document.querySelector("video");
    if (video) video.currentTime = 60;
  });
  await page.getByText("Nobody serves this at the moment").waitFor({ timeout: 90_000 });
  await page.keyboard.press("Escape");
  await visit(page, "#/");
  await page.getByRole("heading", { name: "Shared with me" }).waitFor();
  await expect.poll(() => page.getByRole("main").getByRole("link", { name: "films" }).count()).toBe(0);
  expectQuiet(profile);
}, 180_000);

test("a link does not take a browser from whoever is in it, unless they say so", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await begin(page, world.url, "judy");
  const link = new URL(await world.linkFor(world.bob)).hash;
  const asked = page.getByRole("heading", { name: "This link is for somebody else" });
  await visit(page, link);
  await asked.waitFor();
  await page.getByRole("button", { name: "Stay as I am" }).click();
  await page.getByText("@judy").waitFor();
  expect(page.url()).not.toContain("device");
  await page.reload();
  await page.getByText("@judy").waitFor();
  await visit(page, link);
  await asked.waitFor();
  await page.getByRole("button", { name: "Sign in with the link" }).click();
  await page.getByText("@bob").waitFor();
  expectQuiet(profile);
}, 120_000);

test("signing out revokes the device and forgets it", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const before = (await world.bob.library.devices({})).rows.length;
  await signIn(page, await world.linkFor(world.bob));
  await visit(page, "#/devices");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Share folders straight from where they are" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Share folders straight from where they are" }).waitFor();
  await expect.poll(async () => (await world.bob.library.devices({})).rows.length, { timeout: 20_000 }).toBe(before);
  expectQuiet(profile);
}, 120_000);

test("a device that is revoked elsewhere is told so, and one that has expired too", async () => {
  await using profile = await freshProfile(world.browser, { expected: /WebSocket/ });
  const { page } = profile;
  const users = async () => (await world.bob.library.devices({})).rows.map(({ user }) => user);
  const known = await users();
  await signIn(page, await world.linkFor(world.bob));
  const browser = await vi.waitFor(async () => {
    const made = (await users()).find((user) => !known.includes(user));
    if (!made) throw new Error("the browser is no device yet");
    return made;
  }, 20_000);
  await world.bob.accounts.revoke({ user: browser });
  await page.getByRole("heading", { name: "nats-server does not accept this device" }).waitFor({ timeout: 60_000 });

  await page.goto("about:blank");
  await page.goto(await world.linkFor(world.bob, { expiresIn: 1 }));
  await page
    .getByText(/This link has expired|This device has expired/)
    .first()
    .waitFor({ timeout: 60_000 });
  expect(profile.complaints).toEqual([]);
}, 180_000);

test("a link that has run out, and one that nobody ever made, open nothing and say what to do", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  const [store, catalog] = [memoryCodeStore(), catalogName("run-out")];
  await world.alice.catalog.create({ catalog });
  const expired = await issueShareCode(world.alice, { catalog, expiresIn: 1 }, store);
  const stands = async () => (await world.alice.library.codes({ code: expired.id })).rows[0]?.state;
  await expect.poll(stands).toBe("expired");
  for (const code of [expired, createCode("share")]) {
    await page.goto(codeLink(world.url, code));
    await page.getByText("This code has run out, was used up, or was never made.").waitFor();
    await page.getByRole("button", { name: "To the beginning" }).click();
    await page.getByRole("heading", { name: "Share folders straight from where they are" }).waitFor();
    expect(page.url()).not.toContain("code");
  }
  expectQuiet(profile);
}, 120_000);

test("half a link is told to be one", async () => {
  await using profile = await freshProfile(world.browser);
  await profile.page.goto((await world.linkFor(world.bob)).slice(0, -900));
  await profile.page.getByText("This link cannot be read.").waitFor();
  expect(profile.complaints).toEqual([]);
}, 60_000);
