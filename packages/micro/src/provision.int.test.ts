import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timerStream } from "@natster/contracts/platform";
import { jetstreamManager } from "@nats-io/jetstream";
import { type NatsConnection, TimeoutError } from "@nats-io/nats-core";
import { expect, test } from "vitest";
import { startNats } from "./nats.fixture.ts";
import { NoStorageError, provision } from "./provision.ts";

test("a nats-server with too little room for the streams is named, with how much they ask for", async () => {
  await using store = await mkdtempDisposable(join(tmpdir(), "natster-small-"));
  const small = startNats({ extra: `jetstream { store_dir: "${store.path}", max_file_store: 40MB }` });
  await expect(small).rejects.toThrow(NoStorageError);
  await expect(small).rejects.toThrow(/^nats-server has no room for the stream \w+: insufficient storage resources/);
  await expect(small).rejects.toThrow(/All streams ask for 9 GiB; .* start it again with 12 GiB free$/);
});

test("the log takes what it has room for, and lets nobody delete from it", async () => {
  await using nats = await startNats();
  const manager = await jetstreamManager(await nats.connect());
  const { config } = await manager.streams.info("EVENTS");
  expect(config).toMatchObject({
    retention: "limits",
    storage: "file",
    discard: "new",
    max_age: 0,
    max_bytes: 8 * 2 ** 30,
    max_msgs: -1,
    max_msgs_per_subject: -1,
    deny_delete: true,
    deny_purge: true,
    allow_rollup_hdrs: false,
    allow_atomic: true,
    num_replicas: 1,
  });
});

test("room that an operator has given the log it keeps when all is provided again", async () => {
  await using nats = await startNats();
  const connection = await nats.connect();
  const manager = await jetstreamManager(connection);
  const room = async () => (await manager.streams.info("EVENTS")).config.max_bytes;
  for (const given of [8 * 2 ** 30 + 2 ** 20, -1]) {
    await manager.streams.update("EVENTS", { max_bytes: given });
    await provision(connection);
    expect(await room()).toBe(given);
  }
  await manager.streams.update("EVENTS", { max_bytes: 2 ** 30 });
  await provision(connection);
  expect(await room()).toBe(8 * 2 ** 30);
});

test("what gives no answer is not taken for what is not there, and no durable begins anew for that", async () => {
  await using nats = await startNats();
  const connection = await nats.connect();
  const manager = await jetstreamManager(connection);
  const made = async () => (await manager.consumers.info("EVENTS", "grants")).created;
  const before = await made();
  const silent = `STREAM.INFO.${timerStream}`;
  const trying = new Proxy(connection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== "request") return typeof value === "function" ? value.bind(target) : value;
      return (...[subject, ...asked]: Parameters<NatsConnection["request"]>) =>
        subject.endsWith(silent) ? Promise.reject(new TimeoutError()) : target.request(subject, ...asked);
    },
  });
  await expect(provision(trying)).rejects.toThrow(TimeoutError);
  expect(await made()).toBe(before);
});
