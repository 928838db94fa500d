/** What happens to a container. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { output } from "../../deploy/src/run.ts";
import type { Compose } from "../containers/compose.ts";

export const harms = {
  /** As a crash ends it: the engine starts it again by itself. */
  async killed(compose: Compose, service: string) {
    process.kill(await processOf(compose, service), "SIGKILL");
  },
  /** It is there and does nothing, longer than a command is waited for. The engine's own pause fails now and then. */
  async paused(compose: Compose, service: string) {
    const pid = await processOf(compose, service);
    process.kill(pid, "SIGSTOP");
    await sleep(4_000);
    process.kill(pid, "SIGCONT");
  },
  /** A new container in place of the one that is told to end. */
  async replaced(compose: Compose, service: string) {
    await compose.does("up", "--detach", "--no-build", "--no-deps", "--force-recreate", service);
  },
} as const;

/** Each harm to each of these. */
export const everyHarm = (services: readonly string[]) =>
  services.flatMap((service) => (["killed", "paused", "replaced"] as const).map((harm) => ({ service, harm })));

/**
 * The process of a container, as this machine knows it. One that has just ended is waited for, for a minute at most: the
 * engine says 0 then, which to a signal means whoever sends it, or still the process that was.
 */
export async function processOf(compose: Compose, service: string): Promise<number> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(200)) {
    const container = await compose.container(service);
    const pid = Number(await output("docker", ["inspect", "--format", "{{.State.Pid}}", container]));
    if (pid > 0 && existsSync(`/proc/${pid}`)) return pid;
  }
  throw new Error(`${service} does not run any more`);
}
