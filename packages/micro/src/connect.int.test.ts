/** The version that nats-server says, by one that says another. */
import { createServer } from "node:net";
import { once } from "node:events";
import { createKey, formatCreds, userJwt } from "@natster/trust";
import { expect, test } from "vitest";
import { connect, ServerTooOldError } from "./connect.ts";
import { silentLog } from "./log.ts";

test("a nats-server that is too old is refused, with both versions in one line", async () => {
  const old = createServer((socket) => {
    socket.write(`INFO {"server_id":"OLD","version":"2.10.27","headers":true,"max_payload":1048576,"proto":1}\r\n`);
    socket.on("data", (data) => String(data).includes("PING") && socket.write("PONG\r\n")).on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await once(old, "listening");
  const { port } = old.address() as { port: number };
  const user = createKey("user");
  const jwt = userJwt(createKey("account"), { user: user.public, name: "x", role: "owner", issuedAt: 1_800_000_000 });
  const options = { servers: `127.0.0.1:${port}`, creds: formatCreds(jwt, user), name: "test", log: silentLog() };
  await expect(connect(options)).rejects.toThrow(
    new ServerTooOldError("nats-server is 2.10.27; Natster needs 2.14.0 or newer"),
  );
  old.close();
});
