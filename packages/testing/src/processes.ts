/** Services as processes of their own, so that they can end as a crash ends them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Platform, ServiceName } from "@natster/standalone";

/** Services that run as processes, each under somebody's eyes who starts it again. */
export interface Processes extends AsyncDisposable {
  readonly names: readonly ServiceName[];
  /** Kills one process of a service (SIGKILL) and starts another in its place; resolves when that one answers. */
  crash(name: ServiceName, which?: number): Promise<void>;
  /** Kills one process of a service (SIGKILL), and nobody starts it again. */
  kill(name: ServiceName, which?: number): Promise<void>;
  /** Processes that ended although nobody had killed them. */
  readonly surprises: readonly string[];
}

interface Slot {
  readonly name: ServiceName;
  child: ChildProcess;
  /** One crash of a slot after another. */
  turn: Promise<void>;
}

/** Starts services as processes; a name that comes twice is two processes. Resolves when all of them answer. */
export async function startProcesses(platform: Platform, names: readonly ServiceName[]): Promise<Processes> {
  await using undo = new AsyncDisposableStack();
  const surprises: string[] = [];
  const slots = await Promise.all(
    names.map(async (name): Promise<Slot> => {
      const slot: Slot = { name, child: await launch(platform, name, surprises), turn: Promise.resolve() };
      undo.defer(() => kill(slot.child));
      return slot;
    }),
  );
  const slotOf = (name: ServiceName, which: number): Slot => {
    const of = slots.filter((slot) => slot.name === name);
    const slot = of[which % of.length];
    if (!slot) throw new Error(`${name} does not run apart`);
    return slot;
  };
  const ending = undo.move();
  return {
    names,
    surprises,
    async crash(name, which = 0) {
      const slot = slotOf(name, which);
      await (slot.turn = slot.turn.then(async () => {
        await kill(slot.child);
        slot.child = await launch(platform, name, surprises);
      }));
    },
    async kill(name, which = 0) {
      const slot = slotOf(name, which);
      await (slot.turn = slot.turn.then(() => kill(slot.child)));
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(slots.map(({ turn }) => turn));
      await ending.disposeAsync();
    },
  };
}

/** Starts one process, which writes its log to a file of its service; resolves when it answers. */
async function launch(platform: Platform, name: ServiceName, surprises: string[]): Promise<ChildProcess> {
  const main = fileURLToPath(new URL(`../../../services/${name}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [main], {
    // That it listens is said at this level.
    env: { ...process.env, LOG_LEVEL: "debug", ...platform.environment(name) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const end = () => child.kill("SIGKILL");
  // A test that does not end in order leaves nobody behind.
  process.once("exit", end);
  const answers = Promise.withResolvers<void>();
  createInterface(child.stderr).on("line", (line) => {
    appendFileSync(join(platform.nats.directory, "..", `${name}.log`), `${line}\n`, { mode: 0o600 });
    if (line.includes('"listening"')) answers.resolve();
  });
  child.once("exit", (code, signal) => {
    process.off("exit", end);
    if (signal === "SIGKILL") return;
    const surprise = `${name} ended with ${signal ?? code}`;
    surprises.push(surprise);
    answers.reject(new Error(surprise));
  });
  await answers.promise;
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
