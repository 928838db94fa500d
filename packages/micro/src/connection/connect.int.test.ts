/** What a nats-server may say before it lets somebody in, by ones that say just that. */
import { createServer } from "node:net";
import { once } from "node:events";
import { createKey, formatCreds, userJwt } from "@natster/trust";
import { expect, test, vi } from "vitest";
import { connect, ServerTooOldError } from "./connect.ts";
import { silentLog } from "../service/log.ts";
import { recordingLog } from "../nats.fixture.ts";

const user = createKey("user");
const jwt = userJwt(createKey("account"), { user: user.public, name: "x", role: "owner", issuedAt: 1_800_000_000 });
const creds = formatCreds(jwt, user);

test("a nats-server that is too old is refused, with both versions in one line", async () => {
  const old = createServer((socket) => {
    socket.write(`INFO {"server_id":"OLD","version":"2.10.27","headers":true,"max_payload":1048576,"proto":1}\r\n`);
    socket.on("data", (data) => String(data).includes("PING") && socket.write("PONG\r\n")).on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await once(old, "listening");
  const { port } = old.address() as { port: number };
  const options = { servers: `127.0.0.1:${port}`, creds, name: "test", log: silentLog() };
  await expect(connect(options)).rejects.toThrow(
    new ServerTooOldError("nats-server is 2.10.27; Natster needs 2.14.0 or newer"),
  );
  old.close();
});

test("a nats-server that is not there, and one that lets nobody in, are each told of once, until it does", async () => {
  const { log, lines } = recordingLog();
  const pause = { next: () => 5, reset: () => undefined };
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address() as { port: number };
  free.close();
  const connecting = connect({ servers: `127.0.0.1:${port}`, creds, name: "test", log, pause });
  await vi.waitFor(() => expect(lines).toHaveLength(1), 20_000);

  let knocks = 0;
  const opening = createServer((socket) => {
    socket.write(`INFO {"server_id":"NEW","version":"2.15.1","headers":true,"max_payload":1048576,"proto":1}\r\n`);
    socket
      .on("error", () => undefined)
      .on("data", (data) => {
        if (!String(data).includes("PING")) return;
        if (++knocks < 4) socket.end("-ERR 'Authorization Violation'\r\n");
        else socket.write("PONG\r\n");
      });
  }).listen(port, "127.0.0.1");
  const connection = await connecting;
  await connection.close();
  opening.close();
  expect(knocks).toBe(4);
  expect(lines).toMatchObject([
    { level: 40, msg: "waiting for nats-server", why: expect.stringMatching(/refused/i) },
    { level: 40, msg: "waiting for nats-server", why: expect.stringMatching(/authorization violation/i) },
  ]);
});
