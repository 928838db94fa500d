/** Somebody at a command line of their own: a home, and the real command in it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { onTestFinished } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const natster = join(root, "packages", "cli", "bin", "natster.mjs");

/** What a command said, and how it ended. */
export interface Ended {
  readonly code: number;
  /** Standard output, and standard error; on a terminal both are in `out`. */
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** A terminal of so many columns, made by `script`. */
  readonly terminal?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** In a network, and with mounts, that nobody else sees; as root there, without being it here. */
  readonly namespaces?: boolean;
  /** Whether somebody types more while it runs; there is nothing to read otherwise. */
  readonly input?: true;
}

/** What is read of what was written to a terminal: no colours, and of what is drawn over only the last. */
export const readable = (written: string): string =>
  stripVTControlCharacters(
    written
      .split("\n")
      .map((line) => line.split("\r\u001B[K").at(-1))
      .join("\n"),
  );

/** Somebody with a home. */
export class Somebody {
  /** The path of the real command. */
  static readonly command = natster;
  readonly home: string;

  constructor(name: string, where: string) {
    this.home = join(where, name);
    mkdirSync(this.home, { recursive: true });
  }

  /** Types a line into a shell in their home, where `natster` is the real command. */
  async types(line: string, options: RunOptions = {}): Promise<Ended> {
    const child = this.starts(line, options);
    let [out, err] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
    // Not `close`: what goes on in the background may hold the streams.
    const [code] = (await once(child, "close")) as [number | null];
    return { code: code ?? 128, out: out.replaceAll("\r\n", "\n"), err };
  }

  /** Starts a line and leaves it running. */
  starts(line: string, { terminal, env = {}, namespaces = false, input }: RunOptions = {}): ChildProcess {
    const shell = `natster() { "${process.execPath}" "${natster}" "$@"; }; export -f natster; ${line}`;
    const [command, args] =
      terminal === undefined
        ? namespaces
          ? ["unshare", ["--map-root-user", "--net", "--mount", "--kill-child", "bash", "-c", shell]]
          : ["bash", ["-c", shell]]
        : ["script", ["-qec", `stty cols ${terminal} rows 50; bash -c ${quoted(shell)}`, "/dev/null"]];
    const child = spawn(command, args, {
      cwd: this.home,
      env: { ...bare, HOME: this.home, TERM: "xterm-256color", ...env },
      stdio: [input ? "pipe" : "ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  }

  /** Starts the command itself, so that a signal reaches it and nothing else. */
  runs(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const child = spawn(process.execPath, [natster, ...args], {
      cwd: this.home,
      env: { ...bare, HOME: this.home, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  }
}

/** Whatever is set up on the machine of whoever tests stays out of it; only what finds nats-server comes along. */
const bare = Object.fromEntries(
  ["PATH", "NATS_SERVER_BIN", "LANG", "TMPDIR"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A folder for homes, gone at the end of the test; a system that still runs in one of them is stopped before. */
export function homes(): string {
  const where = mkdtempSync(join(tmpdir(), "natster-journey-"));
  onTestFinished(async () => {
    await new Somebody("alice", where).types("natster down").catch(() => undefined);
    rmSync(where, { recursive: true, force: true, maxRetries: 5 });
  });
  return where;
}
