import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { Ports } from "./config.ts";

/** Where a running server was last said to listen, and by which process. */
export interface PortsFile {
  readonly path: string;
  readonly pid: number;
  /** An address where clients reach it. */
  readonly host: string;
  readonly ports: Ports;
}

/** The ports files in a folder: nats-server writes one when it listens and takes it away when it stops in order. */
export async function portsFiles(directory: string): Promise<PortsFile[]> {
  const found: PortsFile[] = [];
  for (const name of await readdir(directory)) {
    const pid = Number(/_(\d+)\.ports$/.exec(name)?.[1]);
    const told = pid && (await readPorts(join(directory, name)));
    if (told) found.push({ path: join(directory, name), pid, ...told });
  }
  return found;
}

/** What a server says to whoever connects; undefined when none answers within two seconds. */
export async function greet(port: number, host = "127.0.0.1"): Promise<{ version: string } | undefined> {
  const socket = connect({ port, host, signal: AbortSignal.timeout(2_000) });
  try {
    await once(socket, "connect");
    let said = "";
    for await (const bytes of socket.setEncoding("utf8")) {
      said += String(bytes);
      const info = /^INFO (\{.*\})\s*\n/.exec(said)?.[1];
      if (info !== undefined) return JSON.parse(info) as { version: string };
    }
    return undefined;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

/** Whether something listens on a port. */
export async function accepts(port: number, host = "127.0.0.1"): Promise<boolean> {
  const socket = connect({ port, host, signal: AbortSignal.timeout(2_000) });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Undefined while the file is being written. */
async function readPorts(path: string): Promise<{ host: string; ports: Ports } | undefined> {
  try {
    const file = JSON.parse(await readFile(path, "utf8")) as Record<string, string[] | undefined>;
    const at = (name: string) => new URL(file[name]?.[0] ?? "");
    const port = (name: string) => Number(at(name).port);
    const host = at("nats").hostname.replaceAll(/[[\]]/g, "");
    return { host, ports: { client: port("nats"), websocket: port("websocket"), monitor: port("monitoring") } };
  } catch {
    return undefined;
  }
}
