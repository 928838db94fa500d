/** A Docker engine: the one that runs here, or Debian's, installed where it is missing and started for as long as needed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailedError, output, run } from "../../deploy/src/run.ts";

/** No engine is here, and none could be started. */
export class NoEngineError extends Error {
  override readonly name = "NoEngineError";
}

/** An engine that answers; one that was started for this ends with the scope, and all its containers with it. */
export interface Engine extends AsyncDisposable {
  readonly version: string;
  /** Where its images are kept, and how. */
  readonly driver: string;
  /** The command that reads compose.yaml: `docker compose`, or `docker-compose` where only that is installed. */
  readonly compose: readonly string[];
}

/** Ways to start one, from what is best to what a kernel without overlay, or without packet filters, still allows. */
const ways: readonly (readonly string[])[] = [[], ["--storage-driver=vfs"], ["--iptables=false", "--ip6tables=false"]];

/** Finds an engine, or starts one. Throws `NoEngineError`, which says what was tried and what came of it. */
export async function openEngine(): Promise<Engine> {
  if (await answers()) return { ...(await known()), async [Symbol.asyncDispose]() {} };
  await install();
  const tried: string[] = [];
  for (const way of ways) {
    const daemon = await startDaemon(way);
    if (await isUp(daemon)) return { ...(await known()), [Symbol.asyncDispose]: () => end(daemon) };
    tried.push(`dockerd ${way.join(" ")}:\n${(await readFile(daemon.log, "utf8")).slice(-1_500)}`);
    await end(daemon);
  }
  throw new NoEngineError(`no Docker engine could be started here\n${tried.join("\n")}`);
}

const answers = (): Promise<boolean> =>
  output("docker", ["info"]).then(
    () => true,
    () => false,
  );

async function known(): Promise<Pick<Engine, "version" | "driver" | "compose">> {
  const [version = "", driver = ""] = (await output("docker", ["info", "--format", "{{.ServerVersion}} {{.Driver}}"]))
    .trim()
    .split(" ");
  return { version, driver, compose: await findCompose() };
}

async function findCompose(): Promise<readonly string[]> {
  for (const compose of [["docker", "compose"], ["docker-compose"]]) {
    const [command = "", ...args] = compose;
    const found = await output(command, [...args, "version"]).catch(() => undefined);
    if (found !== undefined) return compose;
  }
  await packages("docker-compose");
  return ["docker-compose"];
}

/** Debian's engine and compose, and the client where that is a package of its own. */
async function install(): Promise<void> {
  if (!(await isThere("dockerd"))) await packages("docker.io");
  if (!(await isThere("docker"))) await packages("docker-cli");
}

async function packages(name: string): Promise<void> {
  console.log(`apt-get install ${name}`);
  await run("apt-get", ["update", "-qq"]);
  await run("apt-get", ["install", "--yes", "-qq", "--no-install-recommends", name]);
}

const isThere = (command: string): Promise<boolean> =>
  output(command, ["--version"]).then(
    () => true,
    (error: unknown) => error instanceof CommandFailedError,
  );

interface Daemon {
  readonly child: ChildProcess;
  readonly log: string;
}

async function startDaemon(args: readonly string[]): Promise<Daemon> {
  const log = join(await mkdtemp(join(tmpdir(), "natster-engine-")), "dockerd.log");
  // It ends when whoever started it does, however that comes about: it is nobody else's.
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "dockerd", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const file = createWriteStream(log, { mode: 0o600 });
  for (const said of [child.stdout, child.stderr]) said.pipe(file, { end: false });
  child.once("error", (error) => file.write(String(error)));
  return { child, log };
}

async function isUp({ child }: Daemon): Promise<boolean> {
  for (const until = Date.now() + 60_000; Date.now() < until && child.exitCode === null; await sleep(250)) {
    if (await answers()) return true;
  }
  return false;
}

async function end({ child }: Daemon): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
