/** `npm start`: tells the story, and then shows the reader around. */
import { rmSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDevice } from "@natster/person";
import { readArguments, type StoryArguments, usage, UsageError } from "./arguments.ts";
import { StoryError, tellStory, type Told } from "./story.ts";
import { createTeller, duration, type Teller } from "./tell.ts";
import { signInLink, writeNatsContext } from "./ways-in.ts";

const started = performance.now();
const interrupted = Promise.withResolvers<NodeJS.Signals>();
let signals = 0;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    interrupted.resolve(signal);
    // Whoever asks twice does not want to wait; what has to go goes as the process exits.
    if (++signals > 1) process.exit(130);
  });
}

// An interrupted story may still be in the middle of something; what it started ends with this process.
process.exit(await main());

/** Resolves with the exit code: 0 done, 1 a step failed, 2 wrong usage, 130 interrupted in the middle. */
async function main(): Promise<number> {
  try {
    const told = readArguments(process.argv.slice(2), {
      terminal: process.stdout.isTTY,
      ci: Boolean(process.env["CI"]),
      from: process.env["INIT_CWD"] ?? process.cwd(),
    });
    return await inItsOwnDirectory((directory, closing) => tell(told, directory, closing));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    return 2;
  }
}

async function tell(
  { folder, stay }: StoryArguments,
  directory: string,
  closing: AsyncDisposableStack,
): Promise<number> {
  const teller = createTeller();
  teller.title("Natster: a folder, shared straight from where it is, over NATS and nothing but NATS");
  const story = tellStory(teller, { folder, directory, closing });
  try {
    const told = await Promise.race([story, interrupted.promise]);
    if (typeof told === "string") {
      // What it is in the middle of starting can be ended in order once it has started.
      await Promise.race([story.catch(() => undefined), sleep(3_000)]);
      return 130;
    }
    teller.note(`
  The whole of it took ${duration(performance.now() - started)}.
  What was read was sealed between the two: whoever runs the nats-server saw sizes and times.`);
    if (!stay) return 0;
    await showAround(teller, told, directory);
    const exit = await Promise.race([interrupted.promise, told.platform.nats.exited]);
    if (typeof exit === "string") return 0;
    throw new StoryError(`nats-server has ended by itself (${exit.signal ?? `exit code ${exit.code}`})`);
  } catch (error) {
    process.stderr.write(`\n  ${describe(error)}\n${await logOf(directory)}`);
    return 1;
  }
}

/** What the reader can try while everything keeps running. */
async function showAround(teller: Teller, { platform, alice, key }: Told, directory: string): Promise<void> {
  const device = (name: string, role: "owner" | "browser") =>
    createDevice(key, { name, role, administrator: true, expiresIn: 12 * 3600 });
  const context = await writeNatsContext(directory, "alice", platform.nats.url, device("nats cli", "owner"));
  const { url } = await alice.web.where({});
  teller.note(`
  It keeps running. To look around as Alice, who administers it:

    nats --context ${context} micro ls
    nats --context ${context} micro info catalog
    nats --context ${context} req natster.library.whoami ''

  The page shows every service live; this link signs a browser in for twelve hours, so treat it as a key:

    ${signInLink(url, device("browser", "browser"))}

  What was logged: ${platform.logFile}
  Ctrl-C ends it and leaves nothing behind.
`);
  // For whoever started it from a script, and waits for this line.
  if (!process.stdout.isTTY) teller.note(`ready: context ${context}`);
}

/** Runs in a temporary directory that is gone afterwards, when everything that was opened has been closed. */
async function inItsOwnDirectory(
  work: (directory: string, closing: AsyncDisposableStack) => Promise<number>,
): Promise<number> {
  const closing = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "natster-"));
  // It holds keys. The last word, so that nothing that is still being closed writes into it again.
  process.once("exit", () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  try {
    return await work(directory, closing);
  } finally {
    // Without a nats-server there is nobody to take leave of.
    await Promise.race([closing.disposeAsync(), sleep(5_000)]);
  }
}

/** An error and what lies behind it, in a line each. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}\n  because: ${describe(error.cause)}`;
}

async function logOf(directory: string): Promise<string> {
  const log = await readFile(join(directory, "natster.log"), "utf8").catch(() => "");
  const lines = log.trim().split("\n").filter(Boolean).slice(-10);
  return lines.length > 0 ? `\n  The end of the log:\n${lines.map((line) => `    ${line}\n`).join("")}` : "";
}
