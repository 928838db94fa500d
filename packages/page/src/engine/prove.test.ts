import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { errors, type NatsConnection, wsconnect } from "@nats-io/nats-core";
import { createKey } from "@natster/trust";
import { afterEach, expect, test, vi } from "vitest";
import { nonceIn, proofs } from "./prove.ts";

const user = createKey("user").public;
const servers: Server[] = [];
afterEach(() => {
  vi.unstubAllGlobals();
  for (const server of servers.splice(0)) server.close();
});

/** Something that is not nats-server, or not yet. */
async function listen(answer: string): Promise<string> {
  const server = createServer((socket) => socket.on("error", () => undefined).once("data", () => socket.end(answer)));
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it does not listen on a port");
  return `ws://127.0.0.1:${address.port}/nats`;
}

const dial = (url: string): Promise<NatsConnection> =>
  wsconnect({ servers: [url], ...proofs({ jwt: "", user, sign: async () => new Uint8Array(64) }) });

test("the challenge is read from nats-server's first words", () => {
  const info = (text: string) => new TextEncoder().encode(text).buffer;
  expect(nonceIn(info('INFO {"server_id":"N","nonce":"abc-_1"}\r\n'))).toBe("abc-_1");
  expect(nonceIn(info('INFO {"server_id":"N"}\r\n'))).toBeUndefined();
});

/** As browsers tell of it: the end comes when promises have had their turn after the error, and before timers have. */
class Hasty extends WebSocket {
  constructor(url: string) {
    super(url);
    const pass = (turns: number) =>
      turns === 0 ? void this.dispatchEvent(new CloseEvent("close")) : queueMicrotask(() => pass(turns - 1));
    this.addEventListener("error", () => pass(100));
  }
}

test("a dial fails at once where the end of its socket comes with the error", async () => {
  vi.stubGlobal("WebSocket", Hasty);
  await expect(dial(await listen("HTTP/1.1 502 Bad Gateway\r\n\r\n"))).rejects.toBeInstanceOf(errors.ConnectionError);
});

test.each([
  ["says that nats-server is away", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"],
  ["hangs up", ""],
])("a dial fails, and so can be repeated, where the other end %s", async (_, answer) => {
  await expect(dial(await listen(answer))).rejects.toBeInstanceOf(errors.ConnectionError);
});
