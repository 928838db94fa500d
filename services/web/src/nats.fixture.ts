/** A nats-server that lets everybody in, with a WebSocket listener. */
import { findNatsServer } from "@natster/nats-server";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** An open nats-server, stopped by the scope that opened it. */
export interface OpenNats extends AsyncDisposable {
  readonly url: string;
  readonly websocketUrl: string;
}

/** Starts an open nats-server on free ports, and resolves when it listens. */
export async function startOpenNats(): Promise<OpenNats> {
  await using undo = new AsyncDisposableStack();
  const folder = undo.adopt(await mkdtemp(join(tmpdir(), "natster-web-nats-")), (path) =>
    rm(path, { recursive: true }),
  );
  const config = join(folder, "nats.conf");
  const listeners = `listen: "127.0.0.1:-1"\nwebsocket { listen: "127.0.0.1:-1", no_tls: true }`;
  await writeFile(config, `${listeners}\nports_file_dir: "${folder}"\n`);
  const { path } = await findNatsServer();
  const server = spawn(path, ["-c", config], { stdio: "ignore" });
  undo.defer(async () => {
    if (server.kill()) await once(server, "exit");
  });
  const { nats, websocket } = await portsIn(folder);
  const ending = undo.move();
  return { url: nats, websocketUrl: websocket, [Symbol.asyncDispose]: () => ending.disposeAsync() };
}

/** What nats-server says of its ports once it listens. */
async function portsIn(folder: string): Promise<{ nats: string; websocket: string }> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(20)) {
    const file = (await readdir(folder)).find((name) => name.endsWith(".ports"));
    const text = file ? await readFile(join(folder, file), "utf8") : "";
    if (!text) continue;
    const { nats, websocket } = JSON.parse(text) as { nats: [string]; websocket: [string] };
    return { nats: nats[0], websocket: websocket[0] };
  }
  throw new Error("nats-server does not listen");
}
