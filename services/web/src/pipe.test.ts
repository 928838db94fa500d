import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { serve } from "./served.fixture.ts";

const upgrade = (path = "/nats", upgradeTo = "websocket") =>
  `GET ${path} HTTP/1.1\r\nHost: natster.test:8080\r\nConnection: keep-alive, Upgrade\r\n` +
  `Upgrade: ${upgradeTo}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nX-Name: caf\u00e9\r\n\r\n`;

/** A server that stands in for nats-server's WebSocket listener, and gives each connection away. */
async function standIn() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { port, next: async () => ((await once(server, "connection")) as [Socket])[0] };
}

/** A client that has sent these bytes. */
function dial(port: number, first: string | Buffer): Socket {
  const client = connect(port, "127.0.0.1").on("error", () => undefined);
  client.write(first);
  onTestFinished(() => void client.destroy());
  return client;
}

const heard = async (socket: Socket, bytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= bytes) break;
  }
  return Buffer.concat(chunks);
};

test("the request for a WebSocket goes on as it came, and then every byte both ways", async () => {
  const nats = await standIn();
  await using served = await serve({ natsPort: nats.port });
  const asked = Buffer.from(`${upgrade()}\u0000\u00ff early`, "latin1");
  const client = dial(served.listening.port, asked);
  const upstream = await nats.next();
  expect(await heard(upstream, asked.length)).toEqual(asked);

  upstream.write("HTTP/1.1 101 Switching Protocols\r\n\r\nINFO");
  expect(String(await heard(client, 40))).toBe("HTTP/1.1 101 Switching Protocols\r\n\r\nINFO");
  client.write("later");
  expect(String(await heard(upstream, 5))).toBe("later");
  expect(served.listening.websockets()).toBe(1);
});

test("nats-server is told neither of the page, nor that it is a browser, to which it would send everything in frames of 4 KiB", async () => {
  const nats = await standIn();
  await using served = await serve({ natsPort: nats.port });
  const browser = "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nORIGIN: http://natster.test:8080\r\n";
  dial(served.listening.port, upgrade().replace("Upgrade: ", `${browser}Upgrade: `));
  expect(String(await heard(await nats.next(), upgrade().length))).toBe(Buffer.from(upgrade()).toString());
});

test("nobody is joined with nats-server from a page of somebody else", async () => {
  const nats = await standIn();
  await using served = await serve({ natsPort: nats.port });
  const elsewhere = upgrade().replace("Upgrade: ", "Origin: https://elsewhere.test\r\nUpgrade: ");
  expect(String(await heard(dial(served.listening.port, elsewhere), 100_000))).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/);
  expect(served.listening.websockets()).toBe(0);
});

test("when the client goes, nats-server is told", async () => {
  const nats = await standIn();
  await using served = await serve({ natsPort: nats.port });
  const client = dial(served.listening.port, upgrade());
  const upstream = await nats.next();
  await heard(upstream, 10);
  client.resetAndDestroy();
  upstream.on("error", () => undefined).resume();
  await once(upstream, "close");
  await expect.poll(() => served.listening.websockets()).toBe(0);
});

test("when nats-server goes, the client has its last words and is closed", async () => {
  const nats = await standIn();
  await using served = await serve({ natsPort: nats.port });
  const client = dial(served.listening.port, upgrade());
  const upstream = await nats.next();
  await heard(upstream, 10);
  upstream.end("-ERR 'Authorization Violation'");
  expect(String(await heard(client, 1_000))).toBe("-ERR 'Authorization Violation'");
  await expect.poll(() => served.listening.websockets()).toBe(0);
});

test("a client that does not read holds nats-server back", async () => {
  const nats = await standIn();
  await using served = await serve({ natsPort: nats.port });
  const client = dial(served.listening.port, upgrade());
  const upstream = await nats.next();
  await heard(upstream, 10);
  client.pause();
  const megabyte = Buffer.alloc(1024 * 1024);
  for (let sent = 0; sent < 64; sent++) upstream.write(megabyte);
  await sleep(300);
  expect(upstream.writableLength).toBeGreaterThan(32 * megabyte.length);
  expect(await heard(client, 64 * megabyte.length)).toHaveLength(64 * megabyte.length);
});

test("without nats-server the client is told so", async () => {
  await using served = await serve();
  const client = dial(served.listening.port, upgrade());
  const said = String(await heard(client, 100_000));
  expect(said).toMatch(/^HTTP\/1.1 502 Bad Gateway\r\n/);
  expect(said).toMatch(/\r\n\r\nnats-server is away\. Try again in a moment\.\n$/);
});

test("a server that is away is passed over by whoever tries again", async () => {
  const nats = await standIn();
  await using served = await serve({ natsPort: 1, otherPorts: [nats.port] });
  const first = dial(served.listening.port, upgrade());
  expect(String(await heard(first, 100_000))).toMatch(/^HTTP\/1.1 502 /);
  const next = nats.next();
  dial(served.listening.port, upgrade());
  expect(String(await heard(await next, 10))).toMatch(/^GET \/nats /);
});

test.each([
  ["/nats/", "websocket", 404],
  ["/nats?leaf", "websocket", 426],
  ["/leafnode", "websocket", 404],
  ["/nats", "h2c", 426],
  ["/", "h2c", 200],
])("no pipe for %s and %s", async (path, upgradeTo, status) => {
  const nats = await standIn();
  await using served = await serve({ natsPort: nats.port });
  const client = dial(served.listening.port, upgrade(path, upgradeTo));
  expect(String(await heard(client, 20))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(served.listening.websockets()).toBe(0);
});

test("closing ends every WebSocket and every request, read or not", async () => {
  const nats = await standIn();
  const served = await serve({ natsPort: nats.port });
  const client = dial(served.listening.port, upgrade());
  const idle = dial(served.listening.port, "GET / HTTP/1.1\r\nHost: natster.test\r\n\r\n");
  await Promise.all([nats.next().then((upstream) => heard(upstream, 10)), heard(idle, 10)]);
  await served[Symbol.asyncDispose]();
  expect(await heard(client, 1)).toHaveLength(0);
  expect(served.listening.websockets()).toBe(0);
});
