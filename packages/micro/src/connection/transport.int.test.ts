import { randomBytes } from "node:crypto";
import { openWay, pass } from "@natster/nats-server/way";
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
  const came: string[] = [];
  const by = (name: string) =>
    openWay(nats.server.url, (from, into, to) => {
      if (to === "server") came.push(name);
      pass(from, into, to);
    });
  await using one = await by("one");
  await using other = await by("other");
  const options = { creds: { file: nats.creds }, name: "test", log: silentLog() };
  const connection = await connect({ ...options, servers: [one.url, other.url] });

  // Several times: what is first in the list is not what was lost last.
  for (let turn = 1; turn <= 4; turn++) {
    for (const end of [...one.open, ...other.open]) end.destroy();
    await expect.poll(() => came.length).toBeGreaterThan(turn);
    await connection.flush();
  }
  expect(came.filter((name, index) => name === came[index - 1])).toEqual([]);
  await connection.close();
});
