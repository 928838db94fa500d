/** What happens to a container. */
import { setTimeout as sleep } from "node:timers/promises";
import { output } from "../../deploy/src/run.ts";
import type { Compose } from "../containers/compose.ts";

export const harms = {
  /** As a crash ends it: the engine starts it again by itself. */
  async killed(compose: Compose, service: string) {
    const pid = await output("docker", ["inspect", "--format", "{{.State.Pid}}", await compose.container(service)]);
    process.kill(Number(pid), "SIGKILL");
  },
  /** It is there and does nothing, longer than a command is waited for. */
  async paused(compose: Compose, service: string) {
    const container = await compose.container(service);
    await output("docker", ["pause", container]);
    await sleep(4_000);
    await output("docker", ["unpause", container]);
  },
  /** A new container in place of the one that is told to end. */
  async replaced(compose: Compose, service: string) {
    await compose.does("up", "--detach", "--no-build", "--no-deps", "--force-recreate", service);
  },
} as const;

/** Each harm to each of these. */
export const everyHarm = (services: readonly string[]) =>
  services.flatMap((service) => (["killed", "paused", "replaced"] as const).map((harm) => ({ service, harm })));
