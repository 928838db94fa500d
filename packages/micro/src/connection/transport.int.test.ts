import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect as dialTcp, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { isAlone } from "./alone.ts";
import { connect } from "./connect.ts";
import { silentLog } from "../service/log.ts";
import { startNats } from "../nats.fixture.ts";

test("messages of any length come and go whole, and large ones in memory of their own", async () => {
  await using nats = await startNats();
  const [asking, answering] = [await nats.connect(), await nats.connect()];
  answering.subscribe("echo", { callback: (_, message) => void message.respond(message.data) });
  await answering.flush();

  const contents = [0, 1, 100, 40_000, 65_536, 300_000, 1_000_000].flatMap((length) =>
    Array.from({ length: 4 }, () => randomBytes(length)),
  );
  const replies = await Promise.all(contents.map((content) => asking.request("echo", content, { timeout: 20_000 })));

  expect(replies.every(({ data }, index) => contents[index]?.equals(data))).toBe(true);
  expect(replies.filter(({ data }) => data.length > 65_536).every(({ data }) => isAlone(data))).toBe(true);
  expect(replies.filter(({ data }) => data.length < 32_000).some(({ data }) => isAlone(data))).toBe(false);
});

test("whoever loses a server asks another one first", async () => {
  await using nats = await startNats();
  await using one = await openGate(nats.server.url);
  await using other = await openGate(nats.server.url);
  const gates = [one, other];
  const options = { creds: { file: nats.creds }, name: "test", log: silentLog() };
  const connection = await connect({ ...options, servers: gates.map(({ url }) => url) });

  // Several times: what is first in the list is not what was lost last.
  for (let turn = 1; turn <= 4; turn++) {
    const [used, unused] = one.open.size > 0 ? [one, other] : [other, one];
    const before = used.came;
    for (const socket of used.open) socket.destroy();
    await expect.poll(() => unused.open.size, { timeout: 20_000 }).toBe(1);
    expect(used.came).toBe(before);
    await connection.flush();
  }
  await connection.close();
});

/** Another way to nats-server, which counts who comes. */
async function openGate(url: string) {
  const open = new Set<Socket>();
  const gate = { open, came: 0 };
  const server = createServer((client) => {
    gate.came++;
    open.add(client);
    const upstream = dialTcp(Number(new URL(url).port), "127.0.0.1");
    client.pipe(upstream).pipe(client);
    upstream.on("error", () => client.destroy());
    client.on("error", () => {}).on("close", () => void (open.delete(client), upstream.destroy()));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(gate, {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
