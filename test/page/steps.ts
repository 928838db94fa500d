/** What somebody does on the page, and what can be seen of it. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Profile } from "./chromium.ts";

/** Opens the page with a link, and waits until it is connected. */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await connected(page);
}

/** Makes an account in a browser that has none. */
export async function begin(page: Page, url: string, handle: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel("Handle").fill(handle);
  await page.getByRole("button", { name: "Make my account" }).click();
  await connected(page);
}

/** Waits until the page is connected. */
export const connected = (page: Page): Promise<void> => page.getByText("connected", { exact: true }).waitFor();

/** Goes to a view of the page that is open, as a link in it would. */
export async function visit(page: Page, fragment: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, fragment);
}

/** Opens a catalog from the library. */
export async function openCatalog(page: Page, name: string): Promise<void> {
  await visit(page, "#/");
  await page
    .getByRole("main")
    .getByRole("link", { name: new RegExp(`\\b${name}\\b`) })
    .first()
    .click();
  await page.getByRole("grid").waitFor();
}

/** Presses the download button of the file that is looked at, and leaves it for the list of downloads. */
export async function beginDownload(page: Page, file: string): Promise<void> {
  await visit(page, file);
  await page.getByRole("dialog").getByRole("button", { name: "Download" }).click();
  await page.keyboard.press("Escape");
  await visit(page, "#/transfers");
}

/** Waits until so many bytes of the only download are there. */
export const cameBeyond = async (page: Page, bytes: number): Promise<void> =>
  void (await page.waitForFunction((bytes) => (document.querySelector("progress")?.value ?? 0) > bytes, bytes, {
    timeout: 120_000,
  }));

/** Bytes in the page's private storage that are on their way. */
export const staged = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    try {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("transfers");
      let bytes = 0;
      for await (const handle of folder.values()) {
        if (handle instanceof FileSystemFileHandle) bytes += (await handle.getFile()).size;
      }
      return bytes;
    } catch {
      return 0;
    }
  });

/** The shared end of every test: the browser had nothing to complain about. */
export const expectQuiet = ({ complaints }: Profile): void => expect(complaints).toEqual([]);

/** Where a film is, and what it says of itself. */
export const film = (page: Page) =>
  page.evaluate(() => {
    const video = document.querySelector("video");
    return { at: video?.currentTime ?? 0, duration: video?.duration ?? 0, error: video?.error?.message ?? null };
  });

/** Waits until a film plays beyond a second. */
export const playsBeyond = async (page: Page, second: number): Promise<void> =>
  void (await page.waitForFunction((second) => (document.querySelector("video")?.currentTime ?? 0) > second, second));

/** Seeks in the native element; resolves with the milliseconds until a frame of that place was shown. */
export const seek = (page: Page, to: number): Promise<number> =>
  page.evaluate(
    (to) =>
      new Promise<number>((resolve, reject) => {
        const video = document.querySelector("video");
        if (!video) return reject(new Error("there is no film"));
        const began = performance.now();
        const look = (_: number, { mediaTime }: { mediaTime: number }) => {
          // A frame from before the seek may still be on its way.
          if (Math.abs(mediaTime - to) < 1) resolve(performance.now() - began);
          else video.requestVideoFrameCallback(look);
        };
        video.requestVideoFrameCallback(look);
        video.currentTime = to;
      }),
    to,
  );

/** SHA-256 of a file, however large it is. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}
