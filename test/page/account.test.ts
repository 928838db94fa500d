/** An account whose key is in a browser: its copy, its other devices, and its links as somebody's camera reads them. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importPerson } from "@natster/person";
import { decodeQR } from "qr/decode.js";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Somebody } from "../journeys/person.ts";
import { freshProfile } from "./chromium.ts";
import { begin, connected, expectQuiet, visit } from "./steps.ts";
import { startWorld, type World } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world?.[Symbol.asyncDispose]());

test("who made an account here keeps a copy of its keys, and is the same person at a command line", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await begin(page, world.url, "frida");
  await profile.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy your account key" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole("link", { name: "Keep a copy" }).click();
  await page.getByLabel(/^Passphrase/).fill("several words together");
  await page.getByLabel("Once more").fill("several words apart");
  await page.getByRole("button", { name: "Save the file" }).click();
  await page.getByText("The two are not the same.").waitFor();
  await page.getByLabel("Once more").fill("several words together");
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save the file" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe("frida.natster");
  const file = await readFile(await saved.path(), "utf8");
  await visit(page, "#/");
  await page.getByRole("heading", { name: "Library" }).waitFor();
  expect(await page.getByRole("link", { name: "Keep a copy" }).count()).toBe(0);

  const { account } = await world.alice.library.person({ handle: "frida" as never });
  expect(copied).toBe(account);
  expect(await importPerson(file, "several words apart")).toEqual({ refused: "passphrase_wrong" });
  expect(await importPerson(file, "several words together")).toMatchObject({
    backup: { account, accountSeed: expect.stringMatching(/^SA/), servers: [world.url] },
  });

  const where = await mkdtemp(join(tmpdir(), "natster-copy-"));
  await using _gone = { [Symbol.asyncDispose]: () => rm(where, { recursive: true, force: true }) };
  const frida = new Somebody("frida", where);
  await writeFile(join(frida.home, "frida.natster"), file);
  await writeFile(join(frida.home, "passphrase"), "several words together\n", { mode: 0o600 });
  const { code, out, err } = await frida.types(
    "natster context import frida.natster --passphrase-file passphrase && natster whoami --json",
  );
  expect(code, err).toBe(0);
  expect(out).toContain(account);
  expect(out).toContain('"frida"');
  expectQuiet(profile);
}, 240_000);

test("a browser that does not keep the key says so and gives a copy, and goes on with the same account when it does", async () => {
  // An engine of the tab's own has zod try to make code from text, which is refused and does no harm.
  await using profile = await freshProfile(world.browser, { expected: /TrustedScript|trusted-types/ });
  const { page, context } = profile;
  await page.addInitScript(() => {
    // As browsers of phones do, the tab does without a shared worker: what it may keep is decided here.
    Reflect.deleteProperty(globalThis, "SharedWorker");
    // oxlint-disable-next-line typescript/unbound-method -- each is called on its store again
    const { put, getAll } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...what) {
      if (this.name === "device") throw new DOMException("the disk is full", "QuotaExceededError");
      return Reflect.apply(put, this, what);
    };
    IDBObjectStore.prototype.getAll = function (...what) {
      if (this.name === "codes") throw new DOMException("the disk is gone", "UnknownError");
      return Reflect.apply(getAll, this, what);
    };
  });
  await begin(page, world.url, "nora");
  await page.getByRole("link", { name: "This browser does not keep the key of your account" }).click();
  await page.getByLabel(/^Passphrase/).fill("several words together");
  await page.getByLabel("Once more").fill("several words together");
  await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the file" }).click()]);
  await page.close();

  const again = await context.newPage();
  await begin(again, world.url, "nora");
  await again.getByText("@nora").waitFor();
  await expect.poll(() => keptOfDevice(again), { timeout: 20_000 }).toEqual(["this"]);
  expectQuiet(profile);
}, 120_000);

test("who lost a browser is the same person in another by the copy that was kept, and cuts the lost one off", async () => {
  await using lost = await freshProfile(world.browser, { expected: /WebSocket/ });
  await begin(lost.page, world.url, "ida");
  await lost.page.getByRole("link", { name: "Keep a copy" }).click();
  await lost.page.getByLabel(/^Passphrase/).fill("several words together");
  await lost.page.getByLabel("Once more").fill("several words together");
  const [saved] = await Promise.all([
    lost.page.waitForEvent("download"),
    lost.page.getByRole("button", { name: "Save the file" }).click(),
  ]);

  await using found = await freshProfile(world.browser);
  const { page } = found;
  await page.goto(world.url);
  await page.getByText("Bring back an account from its copy").click();
  await page.getByLabel("The copy, a .natster file").setInputFiles(await saved.path());
  await page.getByLabel("Its passphrase").fill("several words apart");
  await page.getByRole("button", { name: "Bring it back" }).click();
  await page.getByText("The copy was sealed under another passphrase.").waitFor({ timeout: 60_000 });
  await page.getByLabel("Its passphrase").fill("several words together");
  await page.getByRole("button", { name: "Bring it back" }).click();
  await page.getByText("@ida").waitFor({ timeout: 60_000 });
  await page.reload();
  await connected(page);
  await page.getByText("@ida").waitFor();
  // It has the account's key, and the copy that there is need not be offered again.
  expect(await page.getByRole("link", { name: "Keep a copy" }).count()).toBe(0);
  await visit(page, "#/devices");
  await page.getByRole("heading", { name: "A copy of your account" }).waitFor();
  await page
    .getByRole("listitem")
    .filter({ hasText: "A browser", hasNotText: "this browser" })
    .getByRole("button", { name: "Revoke" })
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await lost.page
    .getByRole("heading", { name: "nats-server does not accept this device" })
    .waitFor({ timeout: 60_000 });
  expectQuiet(found);
  expectQuiet(lost);
}, 240_000);

test("a second browser becomes a device of the account by what a camera reads from the first", async () => {
  await using profile = await freshProfile(world.browser);
  const { page } = profile;
  await begin(page, world.url, "greta");
  await visit(page, "#/devices");
  await page.getByRole("button", { name: "Add a device" }).click();
  const code = page.getByRole("img", { name: "The link as a QR code" });
  await code.waitFor();
  const { data, ...size } = await pictureOf(page);
  const link = decodeQR({ ...size, data: Uint8Array.from(data) });
  expect(link).toBe(await page.getByLabel(/^For your other device alone/).inputValue());

  await using phone = await freshProfile(world.browser, { viewport: { width: 390, height: 844 } });
  await phone.page.goto(link);
  await phone.page.getByText("@greta").waitFor({ timeout: 60_000 });
  await page.getByText("another browser").first().waitFor();
  expect(phone.page.url()).not.toContain("code");
  expectQuiet(profile);
  expectQuiet(phone);
}, 180_000);

/** Under which names a browser keeps something of its device. */
const keptOfDevice = (page: Page): Promise<IDBValidKey[]> =>
  page.evaluate(
    () =>
      new Promise<IDBValidKey[]>((resolve) => {
        indexedDB.open("natster").addEventListener("success", ({ target }) => {
          const { result: database } = target as IDBOpenDBRequest;
          const asking = database.transaction("device").objectStore("device").getAllKeys();
          asking.addEventListener("success", () => resolve(asking.result));
        });
      }),
  );

/** What is on the page's QR code, as a camera would have it: four pixels for each square. */
const pictureOf = (page: Page) =>
  page.evaluate(async () => {
    const svg = document.querySelector("main svg[role=img]");
    const side = Number(svg?.getAttribute("viewBox")?.split(" ").at(-1) ?? 0);
    const path = new Path2D(svg?.querySelector("path")?.getAttribute("d") ?? "");
    const scale = 4;
    const canvas = new OffscreenCanvas(side * scale, side * scale);
    const drawing = canvas.getContext("2d");
    if (!drawing) throw new Error("nothing can be drawn here");
    drawing.fillStyle = "white";
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.fillStyle = "black";
    drawing.scale(scale, scale);
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- it is a drawing
    drawing.fill(path);
    const { width, height, data } = drawing.getImageData(0, 0, canvas.width, canvas.height);
    return { width, height, data: [...data] };
  });
