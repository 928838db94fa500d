/** Commands of this machine, run to their end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** A command that ended with something else than 0. */
export class CommandFailedError extends Error {
  override readonly name = "CommandFailedError";
}

/** Runs a command; what it says is shown only where it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  await output(command, args, options);
}

/** How a command is run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command and resolves with its standard output. */
export async function output(command: string, args: readonly string[], { cwd, env }: RunOptions = {}): Promise<string> {
  const child = spawn(command, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (code !== 0) {
    throw new CommandFailedError(
      `${[command, ...args].join(" ")} ended with ${code}:\n${`${out}${err}`.slice(-4_000)}`,
    );
  }
  return out;
}
