import { wsconnect } from "@nats-io/nats-core";
import { expect, test } from "vitest";
import { startOpenNats } from "./nats.fixture.ts";
import { serve } from "./served.fixture.ts";

test("a client talks with nats-server through /nats, in large messages and small ones", async () => {
  await using nats = await startOpenNats();
  await using served = await serve({ natsPort: Number(new URL(nats.websocketUrl).port) });
  const connection = await wsconnect({ servers: `${served.url.replace("http", "ws")}/nats`, reconnect: false });
  const payload = new Uint8Array(900_000).map((_, at) => at % 251);
  connection.subscribe("echo", { callback: (_error, message) => void message.respond(message.data) });

  const replies = await Promise.all(
    Array.from({ length: 8 }, () => connection.request("echo", payload, { timeout: 10_000 })),
  );
  for (const { data } of replies) expect(Buffer.from(data).equals(payload)).toBe(true);
  expect((await connection.request("echo", "small")).string()).toBe("small");
  expect(served.listening.websockets()).toBe(1);

  await connection.close();
  await expect.poll(() => served.listening.websockets()).toBe(0);
});
