import { execFile } from "node:child_process";
import { parseVersion } from "./version.ts";

/** How a command is run: within how many milliseconds it must end, where, and with what environment. */
export interface CommandOptions {
  timeout: number;
  directory?: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Runs a command to its end and resolves to its standard output.
 * @throws Error that says in one line what it was and how it failed: not there, too slow, or the end of what it wrote.
 */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { timeout, directory: cwd, env } = options;
  return new Promise((resolve, reject) => {
    execFile(
      command,
      [...args],
      { timeout, cwd, env, killSignal: "SIGKILL", maxBuffer: 32 << 20, windowsHide: true },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else if (error.code === "ENOENT") reject(new Error(`there is no ${command}`));
        else if (error.killed) reject(new Error(`${command} took longer than ${timeout / 1000} s`));
        else reject(new Error(`${command} failed: ${lastLines(stderr || stdout) || error.message}`));
      },
    );
  });
}

/**
 * The version of a nats-server binary, found by running it.
 * @throws Error when it does not run or does not answer like a nats-server.
 */
export async function versionOf(binary: string): Promise<string> {
  const said = await runCommand(binary, ["--version"], { timeout: 10_000 });
  const version = /nats-server/.test(said) ? parseVersion(said) : undefined;
  if (version === undefined) throw new Error(`${binary} does not say that it is a nats-server`);
  return version;
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join(" / ");
}
