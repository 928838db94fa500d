/**
 * What transfers are held against, without any of Natster: plain nats.js, its object store, and the protocol of the
 * system that came before. The same file is the serving and the reading process.
 */
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { open, rm } from "node:fs/promises";
import { createInbox, headers, type Msg, type NatsConnection } from "@nats-io/nats-core";
import { createCurve } from "@nats-io/nkeys";
import { Objm, setSha256Backend } from "@nats-io/obj";
import { connect, credsAuthenticator } from "@nats-io/transport-node";
import { doErrands, seconds } from "./errands.ts";
import type { Setup } from "./transfer-world.ts";

const setup = JSON.parse(process.argv[2] ?? "") as Setup;
const dial = (creds: string) =>
  connect({
    servers: setup.url,
    authenticator: credsAuthenticator(new TextEncoder().encode(creds)),
    noAsyncTraces: true,
  });
const [inside, serving, reading] = await Promise.all([dial(setup.anything), dial(setup.serving), dial(setup.reading)]);

/** How much of what is moved. */
export interface Amount {
  readonly bytes: number;
  readonly chunk: number;
  readonly window: number;
}

const pushSubject = "bare.push";
const askSubject = `files.${setup.catalog}.bare.read`;
const askedSubject = `shared.${setup.owner}.${setup.catalog}.bare.read`;
const referenceSubject = "reference.download";

const errands = {
  /** Answers everything below; in the one process. */
  async serve(): Promise<void> {
    inside.subscribe(pushSubject, { callback: (_, message) => void push(inside, message) });
    serving.subscribe(askSubject, { callback: (_, message) => answer(message) });
    inside.subscribe(referenceSubject, { callback: (_, message) => void pushAsBefore(inside, message) });
    await Promise.all([inside.flush(), serving.flush()]);
  },

  /** Published and subscribed, with credit that comes back every quarter of the window. */
  pushed: ({ bytes, chunk, window }: Amount): Promise<number> =>
    seconds(async () => {
      const inbox = createInbox();
      const arrived = Promise.withResolvers<void>();
      let [got, owed] = [0, 0];
      const data = inside.subscribe(inbox, {
        callback(_, { data: { length } }) {
          got += length;
          owed += length;
          if (owed >= window / 4) {
            inside.publish(`${inbox}.credit`, String(owed));
            owed = 0;
          }
          if (got >= bytes) arrived.resolve();
        },
      });
      inside.publish(pushSubject, JSON.stringify({ bytes, chunk, window }), { reply: inbox });
      await arrived.promise;
      data.unsubscribe();
    }),

  /** Asked and answered through the import of the share, so much at once. */
  asked: ({ bytes, chunk, window }: Amount): Promise<number> =>
    seconds(async () => {
      const wanted = String(chunk);
      let left = bytes;
      await Promise.all(
        Array.from({ length: Math.max(1, Math.floor(window / chunk)) }, async () => {
          while (left > 0) {
            left -= chunk;
            await reading.request(askedSubject, wanted, { timeout: 20_000 });
          }
        }),
      );
    }),

  /** Puts a file into an object store. */
  async put({ path }: { path: string }): Promise<void> {
    setSha256Backend("native");
    const store = await new Objm(inside).create("bench");
    const stream = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
    await store.put({ name: "film", options: { max_chunk_size: 128 * 1024 } }, stream);
  },

  /** Gets it again, hashed as the library does unless told otherwise, or by Node. Nothing is written. */
  async stored({ hash }: { hash: "default" | "native" }): Promise<number> {
    setSha256Backend(hash === "native" ? "native" : "js");
    const store = await new Objm(inside).open("bench");
    return await seconds(async () => {
      const got = await store.get("film");
      if (!got) throw new Error("it is not stored");
      for await (const _ of got.data) void _;
      const error = await got.error;
      if (error) throw error;
    });
  },

  /** As the reference system did: 4 KiB at a time, each sealed with xkeys, pushed as fast as it goes, appended. */
  async before({ bytes, target }: { bytes: number; target: string }): Promise<number> {
    const key = createCurve();
    const took = await seconds(async () => {
      await using file = await open(target, "w");
      const inbox = createInbox();
      let writing: Promise<unknown> = Promise.resolve();
      const arrived = Promise.withResolvers<void>();
      let got = 0;
      const data = inside.subscribe(inbox, {
        callback(_, message) {
          const sender = message.headers?.get("x-natster-sender-xkey") ?? "";
          const total = Number(message.headers?.get("x-natster-total-chunks"));
          const content = key.open(message.data, sender);
          if (!content) return arrived.reject(new Error("a chunk does not open"));
          writing = writing.then(() => file.write(content));
          if (++got === total) arrived.resolve();
        },
      });
      await inside.request(referenceSubject, JSON.stringify({ bytes, inbox, target_xkey: key.getPublicKey() }));
      await arrived.promise;
      await writing;
      data.unsubscribe();
    });
    await rm(target, { force: true });
    return took;
  },
};
export type PlainErrands = typeof errands;

async function push(connection: NatsConnection, message: Msg): Promise<void> {
  const { bytes, chunk, window } = message.json<Amount>();
  const { reply: inbox = "" } = message;
  const content = new Uint8Array(chunk);
  let credit = window;
  let more = Promise.withResolvers<void>();
  const credits = connection.subscribe(`${inbox}.credit`, {
    callback(_, { data }) {
      credit += Number(new TextDecoder().decode(data));
      more.resolve();
      more = Promise.withResolvers();
    },
  });
  for (let sent = 0; sent < bytes; sent += chunk) {
    while (credit < chunk) await more.promise;
    credit -= chunk;
    connection.publish(inbox, content);
  }
  credits.unsubscribe();
}

const contents = new Map<number, Uint8Array>();
function answer(message: Msg): void {
  const length = Number(message.string());
  const content = contents.get(length) ?? new Uint8Array(length);
  contents.set(length, content);
  message.respond(content);
}

const chunkBefore = 4_096;
async function pushAsBefore(connection: NatsConnection, message: Msg): Promise<void> {
  const { bytes, inbox, target_xkey: target } = message.json<{ bytes: number; inbox: string; target_xkey: string }>();
  const key = createCurve();
  const total = Math.ceil(bytes / chunkBefore);
  message.respond(JSON.stringify({ acknowledged: true, chunk_size: chunkBefore, total_chunks: total }));
  const content = new Uint8Array(chunkBefore);
  for (let number = 0; number < total; number++) {
    const said = headers();
    said.set("x-natster-chunk-idx", String(number));
    said.set("x-natster-sender-xkey", key.getPublicKey());
    said.set("x-natster-total-chunks", String(total));
    connection.publish(inbox, key.seal(content, target), { headers: said });
    // A Go routine does not stop the others; a loop in Node would.
    if (number % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

await doErrands(errands, () => Promise.all([inside.close(), serving.close(), reading.close()]));
