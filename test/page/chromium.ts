/** The system's own Chromium, and what it complains about. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

/** Where Chromium is: `CHROMIUM_BIN`, or the first that is on the path. Throws where there is none, and says what to do. */
export function findChromium(): string {
  const { CHROMIUM_BIN, PATH = "" } = process.env;
  const folders = PATH.split(delimiter);
  const found = CHROMIUM_BIN ?? folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync);
  if (found === undefined) {
    throw new Error(`no Chromium: none of ${names.join(", ")} is on the path. On Debian: apt-get install chromium`);
  }
  return found;
}

/** Starts Chromium with nothing on its screen. */
export const startChromium = (): Promise<Browser> => chromium.launch({ executablePath: findChromium(), args: flags });

/** A fresh profile, and everything that was wrong in it. */
export interface Profile extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained about: errors on its console, unhandled ones, and what the policy forbade. */
  readonly complaints: string[];
}

/** Opens a fresh profile with one tab. Complaints that are `expected` are those of the browser itself. */
export async function freshProfile(
  browser: Browser,
  options: BrowserContextOptions & { readonly expected?: RegExp } = {},
): Promise<Profile> {
  const { expected, ...rest } = options;
  const context = await browser.newContext({ acceptDownloads: true, ...rest });
  const complaints: string[] = [];
  const complain = (text: string) => {
    if (!expected?.test(text)) complaints.push(text);
  };
  context.on("console", (message) => {
    if (message.type() === "error") complain(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => complain(`unhandled: ${error.error().stack ?? error.error().message}`));
  await context.exposeBinding("__violated", (_, what: string) => complain(`policy: ${what}`));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      (globalThis as unknown as { __violated: (what: string) => void }).__violated(
        `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
      );
    });
  });
  const page = await context.newPage();
  return { context, page, complaints, [Symbol.asyncDispose]: () => context.close() };
}
