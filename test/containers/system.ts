/** A whole system in containers, and people outside of it. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { type AccountKey, Handle } from "@natster/contracts";
import { dial } from "@natster/micro/transport";
import { connectDevice, createDevice, type Place, register } from "@natster/person";
import { type Installation, openInstallation } from "@natster/standalone";
import { freePorts } from "@natster/standalone/free-ports";
import type { TestPerson } from "@natster/testing";
import { createKey, type Key } from "@natster/trust";
import { output } from "../../deploy/src/run.ts";
import { Compose } from "./compose.ts";

/** How a system in containers is set up. */
export interface ContainersOptions {
  /** The command that reads compose.yaml. */
  readonly command: readonly string[];
  /** How many nats-servers it has: one, or three. */
  readonly servers?: 1 | 3;
  readonly administrators?: readonly AccountKey[];
  readonly env?: Readonly<Record<string, string>>;
  /** How they are started, where not all at once. */
  readonly up?: (compose: Compose) => Promise<unknown>;
  /** What is done next, before each of them is to be well. */
  readonly next?: (begun: Begun) => Promise<unknown>;
}

/** A system that is set up, and whose services may be there or not. */
export type Begun = Pick<Containers, "compose" | "directory" | "platform">;

/** A system in containers. */
export interface Containers extends AsyncDisposable {
  readonly compose: Compose;
  /** What `prepare` made, and what no running service needs. */
  readonly directory: string;
  readonly platform: { readonly nats: { readonly url: string }; readonly installation: Installation };
  /** The authority of its certificates: the path of a PEM file. */
  readonly authority: string;
  readonly page: string;
  /** Each nats-server as it is reached from outside. */
  readonly urls: readonly string[];
  readonly place: Place;
  /** Somebody new, registered and connected as `owner`. */
  person(handle?: string, key?: Key<"account">): Promise<TestPerson>;
}

export const services = ["accounts", "catalog", "codes", "projector", "web"] as const;

/** The nats-servers of a cluster. */
export const clusterOf = ["nats-1", "nats-2", "nats-3"] as const;

/** Starts a system whose images are there, and resolves when each of its containers is well. Everybody may register. */
export async function startContainers({
  command,
  servers = 1,
  administrators = [],
  env = {},
  up = (each) => each.does("up", "--detach", "--no-build"),
  next,
}: ContainersOptions): Promise<Containers> {
  await using undo = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "natster-containers-"));
  undo.defer(() => rm(directory, { recursive: true, force: true }));

  const names = servers === 1 ? ["nats"] : clusterOf;
  const [web = 0, ...ports] = await freePorts(servers + 1);
  const page = `https://localhost:${web}/`;
  const compose = new Compose(command, `natster-${process.pid}-${web}`, {
    COMPOSE_PROFILES: servers === 1 ? "single" : "cluster",
    NATSTER_SERVERS: names.join(","),
    NATSTER_PUBLIC_URL: page,
    NATSTER_ADMINISTRATORS: administrators.join(","),
    NATSTER_REGISTRATION: "open",
    WEB_PORT: `127.0.0.1:${web}`,
    ...Object.fromEntries(
      ports.map((port, at) => [at === 0 ? "NATS_PORT" : `NATS_${at + 1}_PORT`, `127.0.0.1:${port}`]),
    ),
    ...env,
  });
  undo.defer(() => compose.end());
  // Why a test fails is often said there alone.
  undo.defer(async () => {
    for (const line of await compose.faults()) console.log(line);
  });
  await up(compose);
  await compose.areWell(["prepare"]);

  await takeOut(compose, "/state/keys", directory);
  await takeOut(compose, "/state/nats/ca.crt", directory);
  const authority = join(directory, "ca.crt");
  setDefaultCACertificates([...getCACertificates("default"), await readFile(authority, "utf8")]);
  const keys = join(directory, "keys");
  const installation = await openInstallation(keys);
  const urls = ports.map((port) => `tls://localhost:${port}`);
  const begun: Begun = { compose, directory: keys, platform: { nats: { url: urls.join(",") }, installation } };
  await next?.(begun);
  await compose.areWell([...names, ...services, "prepare", "provision"]);

  const place: Place = {
    servers: urls,
    platform: installation.platform,
    lobby: installation.lobby,
    dial,
  };

  const people = undo.use(new AsyncDisposableStack());
  const ending = undo.move();
  return {
    ...begun,
    authority,
    page,
    urls,
    place,
    async person(handle, key = createKey("account")) {
      await register(place, { account: key, ...(handle !== undefined && { handle: Handle.parse(handle) }) });
      const administrator = administrators.includes(key.public);
      const creds = createDevice(key, { name: handle ?? "device", role: "owner", administrator });
      const connected = await connectDevice(place, creds, handle ?? "device", { timeout: 20_000 });
      return people.use({ ...connected, key });
    },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

/** Copies what stands in the container that set the system up. */
async function takeOut(compose: Compose, path: string, to: string): Promise<void> {
  await output("docker", ["cp", `${await compose.container("prepare")}:${path}`, to]);
}
