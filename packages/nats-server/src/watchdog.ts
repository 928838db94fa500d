import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that does not outlive the one that spawned it. */
export interface Guarded {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Sends a signal, unless it has ended. */
  kill(signal: NodeJS.Signals): void;
}

/*
 * The shell holds a pipe whose other end only the owner has. However the owner ends, kill -9 included, the system closes
 * that end, `read` comes back, and the guarded process is asked to stop and after five seconds made to.
 */
const GUARD = `
log=$1; shift
exec 3<&0
"$@" </dev/null >>"$log" 2>&1 3<&- &
guarded=$!
echo "$guarded"
{
  read -r _ <&3
  kill "$guarded"
  for _ in 1 2 3 4 5; do sleep 1; kill -0 "$guarded" || exit; done
  kill -9 "$guarded"
} >/dev/null 2>&1 &
watch=$!
wait "$guarded"
code=$?
kill "$watch"
exit "$code"
`;

/**
 * Starts a command that ends with this process, whether that exits, crashes or is killed. It has a session of its own,
 * so that Ctrl-C in a terminal reaches only the owner, who can then stop it in order. Its output is appended to `log`.
 * On Windows a killed owner leaves it running; one that exits does not.
 */
export function spawnGuarded(
  command: string,
  args: readonly string[],
  log: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Guarded> {
  return (process.platform === "win32" ? spawnUntilExit : spawnWatched)(command, args, log, env);
}

type Spawn = (command: string, args: readonly string[], log: string, env: NodeJS.ProcessEnv) => Promise<Guarded>;

const spawnWatched: Spawn = async (command, args, log, env) => {
  const shell = spawn("/bin/sh", ["-c", GUARD, "sh", log, command, ...args], {
    env,
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = exitOf(shell);
  await once(shell, "spawn");
  const pid = Number(await firstLine(shell.stdout));
  if (!pid) throw new Error(`the shell that watches ${command} did not start it`);

  let running = true;
  const kill = (signal: NodeJS.Signals) => void (running && process.kill(pid, signal));
  const exited = ended.then((exit) => {
    // A shell that was itself killed has left the guarded process behind.
    if (exit.signal) tryTo(() => kill("SIGKILL"));
    running = false;
    shell.stdin.destroy();
    return exit.signal ? exit : fromShell(exit);
  });
  return { pid, exited, kill: (signal) => tryTo(() => kill(signal)) };
};

const spawnUntilExit: Spawn = async (command, args, log, env) => {
  await using file = await open(log, "a");
  const child = spawn(command, args, { env, stdio: ["ignore", file.fd, file.fd], windowsHide: true });
  const ended = exitOf(child);
  await once(child, "spawn");
  const kill = (signal: NodeJS.Signals) => void child.kill(signal);
  const last = () => kill("SIGKILL");
  process.once("exit", last);
  const exited = ended.finally(() => process.off("exit", last));
  return { pid: child.pid ?? 0, exited, kill };
};

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
}

/** A shell tells of a signal by the number 128 and more. */
function fromShell({ code }: Exit): Exit {
  const number = (code ?? 0) - 128;
  const signal = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return signal === undefined ? { code, signal: null } : { code: null, signal: signal as NodeJS.Signals };
}

async function firstLine(stream: Readable): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  return "";
}

/** Between looking and sending, the process may have ended. */
function tryTo(send: () => void): void {
  try {
    send();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
