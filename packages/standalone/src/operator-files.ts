/** What an operator hands to several machines beside keys: nats-server's configuration, and the settings of each service. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { readIfThere } from "@natster/files/if-there";
import { makeFolder } from "@natster/files/make-folder";
import { platformServices } from "@natster/contracts/platform";
import { renderConfig } from "@natster/nats-server";
import { type Installation, trustFile, writeTrust } from "./installation.ts";
import { serviceEnvironment, type ServiceSettings } from "./service-environment.ts";

/** An address to listen on. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Where things are. */
export interface OperatorFiles {
  /** Where nats-server listens for clients. */
  readonly clients: Listen;
  /** Where it listens for `web`, which hands browsers on to it. */
  readonly websocket: Listen;
  /** Where it tells whoever asks about every client. */
  readonly monitor: Listen;
  /** Certificate and key for clients, as paths of PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The address under which services and people find nats-server, where it is not the one it listens on. */
  readonly url?: string;
  readonly settings: ServiceSettings;
}

/** Where the configuration of nats-server is, in an operator's directory. */
export const serverConfigFile = (directory: string): string => join(directory, "nats-server.conf");
/** The folder with each service's settings. */
export const settingsFolder = (directory: string): string => join(directory, "services");

/**
 * Writes `nats-server.conf`, from which a nats-server starts as it is, and `services/NAME.env` for each service. Both are
 * for people to change from then on; what changes with the operator's keys is in `trust.conf`, which the first includes.
 */
export async function writeOperatorFiles(
  directory: string,
  installation: Installation,
  { clients, websocket, monitor, tls, url, settings }: OperatorFiles,
): Promise<void> {
  const data = join(directory, "nats");
  await writeTrust(directory, installation);
  for (const folder of [data, settingsFolder(directory)]) makeFolder(folder, 0o700);
  await write(
    serverConfigFile(directory),
    renderConfig({
      operator: { file: trustFile(".") },
      directory: data,
      host: clients.host,
      monitorHost: monitor.host,
      ports: { client: clients.port, websocket: websocket.port, monitor: monitor.port },
      portsFile: false,
      pidFile: join(data, "nats-server.pid"),
      ...(tls && { tls }),
      syncAlways: true,
      // `web` alone asks there, and ends TLS for everybody else.
      websocket: { host: websocket.host, tls: "none" },
    }),
  );
  const servers = {
    url: url ?? `${tls ? "tls" : "nats"}://${reached(clients)}`,
    websocketUrl: `ws://${reached(websocket)}`,
  };
  for (const service of platformServices) {
    const variables = Object.entries(serviceEnvironment(service, servers, installation, settings));
    const lines = variables.map(([name, value]) => `${name}=${quoted(value)}\n`);
    await write(join(settingsFolder(directory), `${service}.env`), lines.join(""));
  }
}

/** Where services find the nats-servers of an operator, as their settings say; undefined where it has none. */
export async function serversOf(directory: string): Promise<string[] | undefined> {
  const text = await readIfThere(join(settingsFolder(directory), "accounts.env"));
  return parseEnv(text ?? "")["NATS_URL"]?.split(",");
}

/** An address to listen on, as this machine reaches it. */
function reached({ host, port }: Listen): string {
  if (host === "0.0.0.0" || host === "::") return `127.0.0.1:${port}`;
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** A value as Node's `--env-file` and containers read it: as it is, unless something in it would be read otherwise. */
const quoted = (value: string): string => (/^[^\s#'"`\\]*$/.test(value) ? value : `"${value}"`);

const write = (path: string, text: string) => writeFile(path, text, { mode: 0o600, flag: "wx" });
