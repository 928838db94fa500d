import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { isAlone } from "./alone.ts";
import { startNats } from "./nats.fixture.ts";

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
