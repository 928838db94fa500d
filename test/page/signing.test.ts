/** Sharing from the page: with the account's key in this browser, and without. */
import { connectDevice, createDevice, redeem } from "@natster/person";
import { createKey, formatCreds, keyFromSeed, readCode, userJwt } from "@natster/trust";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveSigning } from "../system/signing.fixture.ts";
import { freshProfile } from "./chromium.ts";
import { begin, connected, expectQuiet, openCatalog, signIn, visit } from "./steps.ts";
import { catalogName, startWorld, type World } from "./world.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");
let world: World;
const opened = new AsyncDisposableStack();

beforeAll(async () => {
  world = opened.use(await startWorld());
}, 120_000);
afterAll(() => opened.disposeAsync());

const link = (creds: string) => `${world.url}#device=${Buffer.from(creds).toString("base64url")}`;
/** A browser of Alice's that her account lets have things signed, as a link to sign in. */
async function aBrowser({ ago = 0, lasts = 3_600 } = {}) {
  const key = createKey("user");
  const issuedAt = Math.floor(Date.now() / 1000) - ago;
  const said = { user: key.public, name: "browser", role: "browser", maySign: true, issuedAt } as const;
  const jwt = userJwt(world.alice.key, { ...said, expires: issuedAt + lasts });
  await world.alice.accounts.device({ jwt });
  return { key, link: link(formatCreds(jwt, key)) };
}

test("a browser without the account's key shares with a person, and by a link that is answered when it is closed", async () => {
  const signing = await serveSigning(world.system, world.alice, opened);
  const catalog = catalogName("from-a-phone");
  await world.alice.catalog.create({ catalog });
  const profile = await freshProfile(world.browser);
  const { page } = profile;
  await signIn(page, (await aBrowser()).link);
  await visit(page, "#/sharing");
  const card = page.getByRole("region", { name: catalog });
  await card.getByRole("textbox", { name: /Handle or account key/ }).fill("bob");
  await card.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByText(`${catalog} is offered to bob`).waitFor();

  await card.getByRole("button", { name: "Make a link" }).click();
  const made = await card.getByLabel(`Link to ${catalog}`).inputValue();
  expectQuiet(profile);
  await profile[Symbol.asyncDispose]();
  const code = readCode(made);
  if (!code) throw new Error(`${made} is no link`);
  await expect(redeem(world.system.platform.place, code)).resolves.toMatchObject({ purpose: "share", catalog });
  await signing.grants[Symbol.asyncDispose]();
}, 180_000);

test("a browser that is in the last third of its time is renewed while it is open", async () => {
  await using serving = new AsyncDisposableStack();
  await serveSigning(world.system, world.alice, serving);
  await using profile = await freshProfile(world.browser);
  const { key, link: into } = await aBrowser({ ago: 2_500 });
  await signIn(profile.page, into);
  const left = async () => {
    const { rows } = await world.alice.library.devices({});
    return Date.parse(rows.find(({ user }) => user === key.public)?.expires ?? "") - Date.now();
  };
  await expect.poll(left, { timeout: 60_000 }).toBeGreaterThan(3_000_000);
  await profile.page.reload();
  await connected(profile.page);
  expectQuiet(profile);
}, 180_000);

test("a browser that holds the account's key answers the code of its link after it was loaded anew", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await begin(page, world.url, "erin");
  const erin = await asWhoeverHas(await accountSeedIn(page));
  const catalog = catalogName("from-a-browser");
  await erin.catalog.create({ catalog });
  await visit(page, "#/sharing");
  const card = page.getByRole("region", { name: catalog });
  await card.getByRole("button", { name: "Make a link" }).click();
  const code = readCode(await card.getByLabel(`Link to ${catalog}`).inputValue());
  if (!code) throw new Error("that is no link");
  await page.reload();
  await connected(page);

  await expect(redeem(world.system.platform.place, code)).resolves.toMatchObject({ purpose: "share", catalog });
  await expect.poll(() => kept(page)).toEqual({ codes: 0, decided: 0 });
  expectQuiet(profile);
}, 180_000);

test("two browsers share with each other, by a handle and by a link, and each reads what the other has", async () => {
  await using here = await freshProfile(world.browser);
  await using there = await freshProfile(world.browser);
  await begin(here.page, world.url, "grace");
  await begin(there.page, world.url, "henry");
  const [ofGrace, ofHenry] = [catalogName("of-grace"), catalogName("of-henry")];
  await world.serve(ofGrace, sample, { owner: await asWhoeverHas(await accountSeedIn(here.page)) });
  const henry = await asWhoeverHas(await accountSeedIn(there.page));
  await world.serve(ofHenry, sample, { owner: henry });

  const own = here.page.getByRole("region", { name: "Mine" }).getByRole("listitem").filter({ hasText: ofGrace });
  await own.getByRole("img", { name: "online" }).waitFor({ timeout: 60_000 });
  await visit(here.page, "#/sharing");
  const card = here.page.getByRole("region", { name: ofGrace });
  await card.getByRole("textbox", { name: /Handle or account key/ }).fill("henry");
  await card.getByRole("button", { name: "Share", exact: true }).click();
  await there.page.getByRole("button", { name: "Accept" }).click();
  await here.page.getByText("@henry accepted “of-grace”").waitFor();
  await openCatalog(there.page, ofGrace);
  await there.page.getByText("Welcome.md").waitFor();

  await visit(there.page, "#/sharing");
  await there.page.getByRole("region", { name: ofHenry }).getByRole("button", { name: "Make a link" }).click();
  const link = await there.page.getByLabel(`Link to ${ofHenry}`).inputValue();
  await visit(here.page, new URL(link).hash);
  await here.page.getByText("Welcome.md").waitFor({ timeout: 60_000 });
  expect(new URL(here.page.url()).hash).toBe(`#/of/${henry.account}/${ofHenry}/`);
  expectQuiet(here);
  expectQuiet(there);
}, 240_000);

/** Connected as the account of a key, from outside the browser. */
async function asWhoeverHas(seed: string) {
  const key = keyFromSeed(seed, "account");
  const creds = createDevice(key, { name: "outside", role: "owner" });
  const connected = await connectDevice(world.system.platform.place, creds, "outside", { timeout: 20_000 });
  return { ...opened.use(connected), key };
}

const accountSeedIn = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        indexedDB.open("natster").addEventListener("success", ({ target }) => {
          const { result: database } = target as IDBOpenDBRequest;
          const asking = database.transaction("device").objectStore("device").get("this");
          asking.addEventListener("success", () => resolve(asking.result.accountSeed));
        });
      }),
  );

/** How many codes and decisions a browser keeps. */
const kept = (page: Page): Promise<{ codes: number; decided: number }> =>
  page.evaluate(
    () =>
      new Promise<{ codes: number; decided: number }>((resolve) => {
        indexedDB.open("natster").addEventListener("success", ({ target }) => {
          const { result: database } = target as IDBOpenDBRequest;
          const reading = database.transaction(["codes", "decided"]);
          const [codes, decided] = [reading.objectStore("codes").count(), reading.objectStore("decided").count()];
          reading.addEventListener("complete", () => resolve({ codes: codes.result, decided: decided.result }));
        });
      }),
  );
