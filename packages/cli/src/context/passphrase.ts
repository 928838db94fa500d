/** A passphrase: from a file, from the environment, or from whoever sits at the terminal. */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Interrupted, UsageError } from "../failure.ts";

const variable = "NATSTER_PASSPHRASE";

/** Asks for a passphrase, twice where it is a new one. It is not shown. Throws `UsageError` where there is nobody to ask. */
export async function passphraseFrom(
  file: string | undefined,
  { fresh }: { readonly fresh: boolean },
): Promise<string> {
  if (file !== undefined) return (await readFile(file, "utf8")).replace(/\r?\n$/, "");
  const named = process.env[variable];
  if (named) return named;
  if (!process.stdin.isTTY) {
    throw new UsageError("a passphrase is needed, and there is no terminal to ask for one", {
      next: `--passphrase-file FILE, or ${variable}`,
    });
  }
  const first = await ask("Passphrase: ");
  if (first === "") throw new UsageError("an empty passphrase protects nothing");
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
    // Read as a key here, and not sent as a signal.
    terminal.once("SIGINT", () => interrupted.abort());
    return await terminal.question("", { signal: interrupted.signal }).catch((error: unknown) => {
      throw interrupted.signal.aborted ? new Interrupted() : error;
    });
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
