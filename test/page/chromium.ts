/** The system's own Chromium, and what it complains about. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
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
function findChromium(): string {
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

interface ProfileOptions extends BrowserContextOptions {
  /** Complaints that are the browser's own, and as they should be. */
  readonly expected?: RegExp;
}

/** Opens a fresh profile with one tab. What it keeps lies in memory. */
export async function freshProfile(browser: Browser, { expected, ...rest }: ProfileOptions = {}): Promise<Profile> {
  const context = await browser.newContext({ acceptDownloads: true, ...rest });
  return { ...(await watched(context, expected)), [Symbol.asyncDispose]: () => context.close() };
}

/** A fresh profile on the disk, as somebody's own browser has it, in a browser of its own. */
export interface OwnBrowser extends Profile {
  /** Bytes of memory that its pages and their workers have to themselves: what no other process shares. */
  readonly memory: () => Promise<number>;
  /** Has them stand still meanwhile, as under a machine that sleeps. */
  readonly asleep: (meanwhile: () => Promise<void>) => Promise<void>;
}

/** Starts a browser whose profile is kept on the disk, where there is room for large downloads. */
export async function ownBrowser({ expected, ...rest }: ProfileOptions = {}): Promise<OwnBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "natster-profile-"));
  const options = { executablePath: findChromium(), args: flags, acceptDownloads: true, ...rest };
  const context = await chromium.launchPersistentContext(folder, options);
  const browser = context.browser();
  if (!browser) throw new Error("a browser that was started is there");
  const devtools = await browser.newBrowserCDPSession();
  const renderers = async () => {
    const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  };
  return {
    ...(await watched(context, expected)),
    async memory() {
      return (await Promise.all((await renderers()).map(privateBytes))).reduce((sum, each) => sum + each, 0);
    },
    async asleep(meanwhile) {
      const sleeping = await renderers();
      for (const id of sleeping) process.kill(id, "SIGSTOP");
      try {
        await meanwhile();
      } finally {
        for (const id of sleeping) process.kill(id, "SIGCONT");
      }
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a process has to itself; nothing where it has ended. */
async function privateBytes(process: number): Promise<number> {
  const text = await readFile(`/proc/${process}/smaps_rollup`, "utf8").catch(() => "");
  return [...text.matchAll(/^Private_\w+:\s+(\d+) kB$/gm)].reduce((sum, [, kilo]) => sum + Number(kilo) * 1_024, 0);
}

/** What Chromium says of loopback too when somebody plugs a cable in, or starts a container; it asks again. */
const machine = /net::ERR_NETWORK_CHANGED/;

/** A tab of a profile, and everything that it complains about. */
async function watched(context: BrowserContext, expected?: RegExp) {
  const complaints: string[] = [];
  const complain = (text: string) => {
    if (!expected?.test(text) && !machine.test(text)) complaints.push(text);
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
  return { context, page: context.pages()[0] ?? (await context.newPage()), complaints };
}
