/** A one-time code, as people pass it on: as a link, a QR code, and letters. */
import { type Code, codeLink, formatCode } from "@natster/trust";
import * as z from "zod";
import { showQr } from "./qr.ts";
import type { Ui } from "./ui.ts";
import { moment } from "./words.ts";

/** A code with its link. Both are secrets until somebody has used them. */
export const Passed = z.strictObject({ code: z.string(), link: z.url().optional(), expires: z.iso.datetime() });
export type Passed = z.output<typeof Passed>;

/** What is passed on of a code that lasts so many seconds, on a system with this page. */
export const passedOn = (code: Code, page: string | undefined, expiresIn: number): Passed => ({
  code: formatCode(code),
  ...(page !== undefined && { link: codeLink(page, code) }),
  expires: new Date(Date.now() + expiresIn * 1_000).toISOString(),
});

/**
 * Shows it: what to do with it, the QR code where there is room, the link on a line of its own, which no code pushes off
 * the screen, and the letters. With `--quiet` nothing but the link, or the letters where there is none.
 */
export function showPassed(ui: Ui, what: string, { code, link, expires }: Passed): void {
  if (ui.quiet) return ui.data(link ?? code);
  ui.out(what);
  if (link !== undefined) {
    ui.out();
    if (showQr(ui, link)) ui.out();
    ui.out(`  ${ui.style("bold", link)}`);
    ui.out();
  }
  ui.out(`  code ${ui.style("bold", code)}, until ${moment(expires)}`);
}

/** Whether a link leads nowhere but to this machine. */
export const isOnlyHere = (page: string | undefined): boolean =>
  page !== undefined && /^(127\.|localhost$|\[::1\]$)/.test(new URL(page).hostname);

/** Said beneath a link that nobody elsewhere can open. */
export const onlyHere = "The link opens on this machine only; natster up --help says how people elsewhere reach it.";
