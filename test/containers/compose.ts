/** One system of deploy/compose.yaml, under a name, on ports and with volumes of its own. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { output } from "../../deploy/src/run.ts";

const folder = join(import.meta.dirname, "..", "..", "deploy");

/** The images that are tried, built here. */
export const tag = "tried";

/** What the images are built from, and how, where no image registry is reached. */
const buildSettings = {
  BUILD_IMAGE: "natster/node-build:local",
  BASE_IMAGE: "natster/node:local",
  NATS_IMAGE: "natster/nats-server:local",
  BUILD_NETWORK: "host",
  TAG: tag,
} as const;

const State = z.object({
  Name: z.string().transform((name) => name.replace(/^\//, "")),
  State: z.object({
    Status: z.string(),
    ExitCode: z.number(),
    Health: z.object({ Status: z.string() }).optional(),
  }),
  Config: z.object({ Labels: z.object({ "com.docker.compose.service": z.string() }) }),
});

/** How a container is: `healthy` where it says so, else as the engine sees it. */
export interface Condition {
  readonly service: string;
  readonly container: string;
  readonly is: string;
}

/** nats-server's image cannot be asked: services that are healthy have found it. */
const well: ReadonlySet<string> = new Set(["healthy", "running", "ended with 0"]);

/** A system's containers, as compose knows them. */
export class Compose {
  readonly #command: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  readonly name: string;

  constructor(command: readonly string[], name: string, env: Readonly<Record<string, string>>) {
    this.#command = command;
    this.#env = { ...buildSettings, ...env, COMPOSE_PROJECT_NAME: name };
    this.name = name;
  }

  /** The same containers, with more said of them. */
  with(env: Readonly<Record<string, string>>): Compose {
    return new Compose(this.#command, this.name, { ...this.#env, ...env });
  }

  /** Runs a command of compose and resolves with what it says. */
  does(...args: readonly string[]): Promise<string> {
    const [command = "", ...first] = this.#command;
    return output(command, [...first, ...args], { cwd: folder, env: this.#env });
  }

  /** Every container there is of it, those that ended included. */
  async conditions(): Promise<Condition[]> {
    const label = `label=com.docker.compose.project=${this.name}`;
    const ids = (await output("docker", ["ps", "--all", "--quiet", "--filter", label])).split("\n").filter(Boolean);
    if (ids.length === 0) return [];
    return z
      .array(State)
      .parse(JSON.parse(await output("docker", ["inspect", ...ids])))
      .map(({ Name, State: { Status, ExitCode, Health }, Config }) => ({
        service: Config.Labels["com.docker.compose.service"],
        container: Name,
        is: Status === "exited" ? `ended with ${ExitCode}` : (Health?.Status ?? Status),
      }));
  }

  /** The container of a service; throws where there is none, or more than one. */
  async container(service: string): Promise<string> {
    const [one, ...others] = (await this.conditions()).filter((each) => each.service === service);
    if (!one || others.length > 0) throw new Error(`${service} has ${others.length + (one ? 1 : 0)} containers`);
    return one.container;
  }

  /** How often the engine had to start each anew. */
  async restarts(names: readonly string[]): Promise<number[]> {
    const containers = await Promise.all(names.map((name) => this.container(name)));
    const said = await output("docker", ["inspect", "--format", "{{.RestartCount}}", ...containers]);
    return said.trim().split("\n").map(Number);
  }

  /** What a service has said since it was made. */
  says(service: string): Promise<string> {
    return this.does("logs", "--no-color", service);
  }

  /** The first that containers which are there logged as errors. */
  async faults(): Promise<string[]> {
    const lines = (await this.does("logs", "--no-color")).split("\n");
    return lines.filter((line) => /"level":[56]0,/.test(line)).slice(0, 20);
  }

  /** Resolves when all of these services are well; rejects with what each of them is and says after so many milliseconds. */
  async areWell(services: readonly string[], within = 180_000): Promise<void> {
    for (const until = Date.now() + within; ;) {
      const there = await this.conditions();
      const unwell = services.filter((name) => {
        const of = there.filter(({ service }) => service === name);
        return of.length === 0 || !of.every(({ is }) => well.has(is));
      });
      if (unwell.length === 0) return;
      if (Date.now() > until) {
        const logs = await this.does("logs", "--no-color", "--tail=20", ...unwell).catch(String);
        throw new Error(`${unwell.join(", ")} not well:\n${JSON.stringify(there, undefined, 1)}\n${logs}`);
      }
      await sleep(200);
    }
  }

  /** What is left when nobody needs it any more: nothing. */
  async end(): Promise<void> {
    await this.does("down", "--volumes", "--timeout=2");
  }
}

/** From which folder images are built, and what they are called. */
export interface Build {
  readonly folder: string;
  readonly tag: string;
  /** The commit that they are of. */
  readonly revision: string;
}

/** Builds the image of each service that a compose.yaml builds. */
export async function buildImages(command: readonly string[], build: Build): Promise<void> {
  const [compose = "", ...first] = command;
  const env = { ...buildSettings, COMPOSE_PROFILES: "single", COMPOSE_PROJECT_NAME: "natster-images" };
  const of = { TAG: build.tag, REVISION: build.revision };
  await output(compose, [...first, "build"], { cwd: build.folder, env: { ...env, ...of } });
}

/** Builds those of this commit, which are tried. */
export async function buildTried(command: readonly string[]): Promise<void> {
  const revision = (await output("git", ["rev-parse", "HEAD"], { cwd: folder })).trim();
  await buildImages(command, { folder, tag, revision });
}

/** How many bytes an image has. */
export const sizeOf = async (image: string): Promise<number> =>
  Number(await output("docker", ["image", "inspect", "--format", "{{.Size}}", image]));
