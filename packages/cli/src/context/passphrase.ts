/** A passphrase: from a file, from the environment, or from whoever sits at the terminal. */
import { open } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { leastPassphrase } from "@natster/trust";
import { Failure, Interrupted, UsageError } from "../failure.ts";

const variable = "NATSTER_PASSPHRASE";

/**
 * Finds a passphrase, or asks for it, twice where it is a new one; it is not shown. Throws `Failure` where others may read
 * its file or a new one is too short, and `UsageError` where there is nobody to ask.
 */
export async function passphraseFrom(
  file: string | undefined,
  { fresh }: { readonly fresh: boolean },
): Promise<string> {
  const passphrase = file === undefined ? await passphraseTyped({ fresh }) : await passphraseIn(file);
  if (fresh) checkLong(passphrase);
  return passphrase;
}

/** What was sealed under a shorter one, by an older version, is still opened. */
function checkLong(passphrase: string): void {
  if (Array.from(passphrase).length >= leastPassphrase) return;
  throw new Failure(
    `a passphrase has ${leastPassphrase} characters or more: whoever finds the file may guess for years`,
    { next: "the same again, with several words" },
  );
}

async function passphraseIn(path: string): Promise<string> {
  await using file = await open(path);
  const found = await file.stat();
  // A pipe is nobody else's to read, whatever it says.
  if (found.isFile() && (found.mode & 0o077) !== 0) {
    throw new Failure(`others may read ${path}, so what it holds is no secret`, {
      next: `chmod 600 ${path}, or better another passphrase`,
    });
  }
  return (await file.readFile("utf8")).replace(/\r?\n$/, "");
}

async function passphraseTyped({ fresh }: { readonly fresh: boolean }): Promise<string> {
  const named = process.env[variable];
  if (named) return named;
  if (!process.stdin.isTTY) {
    throw new UsageError("a passphrase is needed, and there is no terminal to ask for one", {
      next: `--passphrase-file FILE, or ${variable}`,
    });
  }
  const first = await ask("Passphrase: ");
  if (first === "") throw new UsageError("an empty passphrase protects nothing");
  // Before it is typed a second time.
  if (fresh) checkLong(first);
  if (fresh && (await ask("Again:      ")) !== first) throw new UsageError("the two are not the same");
  return first;
}

async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  // What is typed is echoed to this, which shows nothing.
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  try {
    const interrupted = new AbortController();
    // Ctrl-C and Ctrl-D are read as keys here, and not sent.
    for (const end of ["SIGINT", "close"]) terminal.once(end, () => interrupted.abort());
    return await terminal.question("", { signal: interrupted.signal }).catch((error: unknown) => {
      throw interrupted.signal.aborted ? new Interrupted() : error;
    });
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
