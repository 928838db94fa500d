/** Sets up a system for containers: keys, certificates, nats-server's configuration, and what each service is given. */
import { copyFile, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { platformServices } from "@natster/contracts/platform";
import { readIfThere } from "@natster/files/if-there";
import { type Installation, openInstallation, serviceEnvironment } from "@natster/standalone";
import { type Certified, certify } from "./certify.ts";
import { natsConfig } from "./nats-config.ts";
import { put } from "./put.ts";
import { refuseAnother } from "./refuse-another.ts";
import type { PrepareSettings } from "./settings.ts";
import { remember } from "./told.ts";

/** Where a container finds what it is given. */
const given = "/run/natster";

/**
 * Writes everything, once: what is there stays as it is, but for configuration, which follows the settings. A folder
 * holds the secrets of one service alone; `keys` holds what no running process needs, and belongs somewhere offline.
 * Resolves with what whoever runs it should know.
 * @throws ConfigError where a system was set up here whose operator's keys are gone, or that is on other nats-servers, and
 * where one is named that has no disk.
 */
export async function prepare(settings: PrepareSettings): Promise<readonly string[]> {
  const { NATSTER_STATE: state, NATSTER_SERVERS: servers } = settings;
  refuseAnother(state, servers.map(short));
  const installation = await openInstallation(join(state, "keys"), settings.NATSTER_PARTITIONS);
  const hosts = [...settings.NATSTER_HOSTS, new URL(settings.NATSTER_PUBLIC_URL).hostname];
  const certified = await certify(state, { servers, hosts });
  const changed = await configure(join(state, "nats"), servers, installation);
  for (const service of platformServices) {
    await give(join(state, "services", service), variablesOf(service, installation, settings), certified);
  }
  const provision = {
    NATS_URL: urlOf(servers),
    NATS_CREDS: installation.creds("bootstrap"),
    NATSTER_REPLICAS: String(servers.length),
    NATSTER_PARTITIONS: String(installation.partitions?.[0] ?? 1),
  };
  await give(join(state, "services", "provision"), provision, certified);
  await remember(settings);
  return [...certified.notes, ...changed];
}

/** Writes each nats-server's configuration; resolves with what to do where a server runs with another. */
async function configure(
  folder: string,
  servers: readonly string[],
  installation: Installation,
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const server of servers) {
    const path = join(folder, `${short(server)}.conf`);
    const [before, text] = [await readIfThere(path), natsConfig(server, servers, installation)];
    await put(path, text);
    if (before !== undefined && before !== text) changed.push(`${path} is another: restart ${short(server)}`);
  }
  return changed;
}

function variablesOf(
  service: (typeof platformServices)[number],
  installation: Installation,
  settings: PrepareSettings,
): Record<string, string> {
  const servers = settings.NATSTER_SERVERS;
  const nats = { url: urlOf(servers), websocketUrl: servers.map((server) => `ws://${server}:8080`).join(",") };
  const tls = { cert: join(given, "tls.crt"), key: join(given, "tls.key") };
  return serviceEnvironment(service, nats, installation, {
    administrators: settings.NATSTER_ADMINISTRATORS,
    registration: settings.NATSTER_REGISTRATION,
    publicUrl: settings.NATSTER_PUBLIC_URL,
    webListen: "0.0.0.0:8443",
    pageRoot: "/app/page",
    tls,
  });
}

/** Writes a service's variables, and copies the secrets that they name to where they then point. */
async function give(folder: string, variables: Readonly<Record<string, string>>, { ca }: Certified): Promise<void> {
  const settings: Record<string, string> = { ...variables };
  await mkdir(folder, { recursive: true });
  for (const [name, value] of Object.entries(variables)) {
    const file = fileOf[name];
    if (file === undefined) continue;
    await copyFile(value, join(folder, file));
    settings[name] = join(given, file);
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await put(join(folder, "settings.env"), lines.join(""));
  await put(join(folder, "ca.crt"), ca);
}

/** The variables that name a secret, and what its file is called. */
const fileOf: Readonly<Record<string, string>> = {
  NATS_CREDS: "nats.creds",
  NATS_STREAMS_CREDS: "streams.creds",
  NATSTER_SIGNING_KEY: "signing.seed",
};

const urlOf = (servers: readonly string[]): string => servers.map((server) => `tls://${server}:4222`).join(",");

/** The first part of a name: what the server is called, and its file. */
const short = (server: string): string => basename(server.split(".")[0] ?? server);
