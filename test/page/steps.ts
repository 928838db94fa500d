/** What somebody does on the page, step by step. */
import type { Page } from "playwright-core";

/** Opens the page with a link, and waits until it is connected. */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await connected(page);
}

/** Waits until the page is connected. */
export const connected = (page: Page): Promise<void> =>
  page.getByText("connected", { exact: true }).waitFor({ timeout: 20_000 });

/** Opens a catalog from the library. */
export async function openCatalog(page: Page, name: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/#/`);
  await page
    .getByRole("link", { name: new RegExp(`\\b${name}\\b`) })
    .first()
    .click();
  await page.getByRole("grid").waitFor();
}
