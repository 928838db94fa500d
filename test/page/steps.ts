/** What somebody does on the page, and what can be seen of it. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Profile } from "./chromium.ts";

/** Opens the page with a link, and waits until it is connected. */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
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
