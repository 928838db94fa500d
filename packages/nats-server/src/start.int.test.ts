import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect, credsAuthenticator } from "@nats-io/transport-node";
import { expect, onTestFinished, test } from "vitest";
import { NatsServerStartError } from "./errors.ts";
import { openFolder } from "./fakes.fixture.ts";
import { newOperator } from "./operator.fixture.ts";
import { startNatsServer } from "./start.ts";

test("a server starts in operator mode with JetStream, WebSocket and a monitor, each on a port of its own", async () => {
  await using folder = await openFolder();
  const { operator, creds } = await newOperator();
  await using server = await startNatsServer({ directory: folder.path, operator, name: "n1" });

  await using client = await connectTo(server.url, creds);
  expect(client.info).toMatchObject({ version: server.version, server_name: "n1", jetstream: true });
  expect(await jetstream(client, "INFO")).not.toHaveProperty("error");

  expect(await greetedOverWebSocket(server.websocketUrl)).toContain("INFO {");
  const monitor = await fetch(`${server.monitorUrl}/healthz`);
  expect(await monitor.json()).toEqual({ status: "ok" });
  expect(new Set([server.url, server.websocketUrl, server.monitorUrl].map((url) => new URL(url).port)).size).toBe(3);
  expect(isAlive(server.pid)).toBe(true);
});

test("nobody without credentials of the operator gets in", async () => {
  await using folder = await openFolder();
  const { operator } = await newOperator();
  const stranger = await newOperator();
  await using server = await startNatsServer({ directory: folder.path, operator });

  await expect(connect({ servers: server.url, reconnect: false })).rejects.toThrow(/[Aa]uthorization/);
  await expect(connectTo(server.url, stranger.creds)).rejects.toThrow(/[Aa]uthorization/);
});

test("whoever comes from a page of the web gets no WebSocket", async () => {
  await using folder = await openFolder();
  const { operator } = await newOperator();
  await using server = await startNatsServer({ directory: folder.path, operator });
  const asked = request(server.websocketUrl.replace("ws:", "http:"), {
    headers: {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version": "13",
      Origin: "https://elsewhere.test",
    },
  }).end();
  const [{ statusCode }] = (await once(asked, "response")) as [IncomingMessage];
  expect(statusCode).toBe(403);
});

test("a restart keeps ports and data, and clients find the server again", async () => {
  await using folder = await openFolder();
  const { operator, creds } = await newOperator();
  await using server = await startNatsServer({ directory: folder.path, operator });
  const { url, websocketUrl, monitorUrl, pid } = server;
  await using client = await connectTo(url, creds);
  await jetstream(client, "STREAM.CREATE.EVENTS", { name: "EVENTS", subjects: ["events.>"], storage: "file" });
  await client.request("events.one", "kept");

  const reconnected = (async () => {
    for await (const { type } of client.status()) if (type === "reconnect") return true;
    return false;
  })();
  await server.restart();

  expect(await reconnected).toBe(true);
  expect([server.url, server.websocketUrl, server.monitorUrl]).toEqual([url, websocketUrl, monitorUrl]);
  expect(server.pid).not.toBe(pid);
  expect(await jetstream(client, "STREAM.INFO.EVENTS")).toMatchObject({ state: { messages: 1 } });
});

test("a server that was killed starts again with what it had acknowledged", async () => {
  await using folder = await openFolder();
  const { operator, creds } = await newOperator();
  await using server = await startNatsServer({ directory: folder.path, operator });
  await using client = await connectTo(server.url, creds);
  await jetstream(client, "STREAM.CREATE.EVENTS", { name: "EVENTS", subjects: ["events.>"], storage: "file" });
  for (let count = 0; count < 10; count++) await client.request("events.some", "kept");

  await server.kill();
  expect(await server.exited).toEqual({ code: null, signal: "SIGKILL" });
  await server.restart();

  await using again = await connectTo(server.url, creds);
  expect(await jetstream(again, "STREAM.INFO.EVENTS")).toMatchObject({ state: { messages: 10 } });
});

test("a stopped server leaves no process, and can be stopped again", async () => {
  await using folder = await openFolder();
  const { operator } = await newOperator();
  const server = await startNatsServer({ directory: folder.path, operator });
  const { pid } = server;

  await server.stop();
  expect(isAlive(pid)).toBe(false);
  expect((await server.exited).signal).not.toBe("SIGKILL");
  await server.stop();
  expect(await readdir(join(folder.path, "run"))).toEqual([]);
});

test("state is for the owner's eyes only", async () => {
  await using folder = await openFolder();
  const directory = join(folder.path, "state");
  const { operator } = await newOperator();
  await using server = await startNatsServer({ directory, operator });

  const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  expect(await mode(join(server.directory, "nats-server.conf"))).toBe("600");
  for (const path of [directory, join(directory, "accounts"), join(directory, "jetstream")]) {
    expect(await mode(path)).toBe("700");
  }
});

test("a server that cannot start says why, with the end of its log", async () => {
  await using folder = await openFolder();
  const { operator } = await newOperator();
  const failed = startNatsServer({ directory: folder.path, operator, extra: "no_such_setting: 1" });

  await expect(failed).rejects.toThrow(NatsServerStartError);
  await expect(failed).rejects.toThrow(/before it was ready[^]*no_such_setting/);
});

test("a second server on one directory is refused", async () => {
  await using folder = await openFolder();
  const { operator } = await newOperator();
  await using server = await startNatsServer({ directory: folder.path, operator });

  const second = startNatsServer({ directory: folder.path, operator });
  await expect(second).rejects.toThrow(`pid ${server.pid}) already runs in ${folder.path}`);
});

test.each([
  ["killed with kill -9", "wait", "SIGKILL"],
  ["stopped by Ctrl-C", "wait", "SIGINT"],
  ["ended by exit", "exit", undefined],
  ["crashed", "crash", undefined],
] as const)("an owner that is %s leaves no server behind", async (_, then, signal) => {
  await using folder = await openFolder();
  const { operator } = await newOperator();
  const owner = spawn(
    process.execPath,
    [join(import.meta.dirname, "owner.fixture.ts"), folder.path, JSON.stringify(operator), then],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  onTestFinished(() => void owner.kill("SIGKILL"));
  const { pid } = await firstJson(owner);
  if (signal) owner.kill(signal);
  if (owner.exitCode === null && owner.signalCode === null) await once(owner, "exit");

  await expect.poll(() => isAlive(pid)).toBe(false);
});

async function connectTo(servers: string, creds: Uint8Array) {
  const client = await connect({ servers, authenticator: credsAuthenticator(creds), reconnectTimeWait: 50 });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

/** JetStream by its own subjects: one request needs no client of its own. */
async function jetstream(client: Awaited<ReturnType<typeof connectTo>>, call: string, body?: object): Promise<unknown> {
  const reply = await client.request(`$JS.API.${call}`, body ? JSON.stringify(body) : "");
  return reply.json();
}

async function greetedOverWebSocket(url: string): Promise<string> {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const [message] = (await once(socket, "message")) as [{ data: ArrayBuffer }];
  socket.close();
  return new TextDecoder().decode(message.data);
}

async function firstJson({ stdout }: ChildProcess): Promise<{ pid: number }> {
  for await (const line of createInterface({ input: stdout ?? process.stdin }))
    return JSON.parse(line) as { pid: number };
  throw new Error("the owner did not start a server");
}

/** A process that has ended and is not yet waited for counts as gone, as it holds nothing. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
