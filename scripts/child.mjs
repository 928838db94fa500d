// A child process in the place of this one: same terminal, same signals, same exit code. For any Node ≥ 20.
import { spawn } from "node:child_process";
import { constants } from "node:os";

const windows = process.platform === "win32";

/** @satisfies {Record<string, import("node:child_process").StdioOptions>} */
const stdio = {
  "as-it-does": "inherit",
  "on-stderr": ["inherit", 2, 2],
  "only-failing": ["ignore", "pipe", "pipe"],
};

/**
 * Runs a command to its end and resolves with its exit code: 128 and more where a signal ended it, 127 where it could
 * not be started. What it says on standard output can be sent to standard error; with `only-failing`, everything that
 * it says goes there, and only where it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, says?: keyof typeof stdio }} [options]
 * @returns {Promise<number>}
 */
export function runChild(command, args, { env = process.env, cwd, says = "as-it-does" } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: stdio[says], shell: windows, env, ...(cwd && { cwd }) });
    /** @type {Buffer[]} */
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => said.push(chunk));
    // Ctrl-C goes from the terminal to the whole group, and npm repeats it: the child has had it. This process has
    // only to outlive the child. Without a terminal somebody has sent it to this process alone.
    const onTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
    const interrupt = () => void (onTerminal || child.kill("SIGINT"));
    const terminate = () => void child.kill("SIGTERM");
    process.on("SIGINT", interrupt).on("SIGTERM", terminate);
    // npm hands SIGTERM to the shell between it and this process, which dies of it and tells nobody.
    const { ppid } = process;
    const watch = process.env["npm_lifecycle_event"]
      ? setInterval(() => {
          if (process.ppid === ppid) return;
          clearInterval(watch);
          terminate();
        }, 500)
      : undefined;
    /** @param {number} code */
    const end = (code) => {
      process.off("SIGINT", interrupt).off("SIGTERM", terminate);
      clearInterval(watch);
      resolve(code);
    };
    child.on("error", (error) => {
      console.error(`${command}: ${error.message}`);
      end(127);
    });
    child.on("close", (code, signal) => {
      if (code !== 0) process.stderr.write(Buffer.concat(said));
      end(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
