/** The asking side of a contract, against a service and against what is none. */
import { defineService } from "@natster/contracts";
import { headers, type Msg, type NatsConnection } from "@nats-io/nats-core";
import * as z from "zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { client, isRefusal, NoAnswerError, NobodyAnswersError, Refusal } from "./client.ts";
import { startNats, recordingLog, type TestNats } from "../nats.fixture.ts";
import { kitRefusal } from "./refusal.ts";
import { serve } from "./serve.ts";

const Params = z.strictObject({ room: z.string().regex(/^[a-z]+$/) });
/** Beside the platform's own, so that whoever asks needs no account in front. */
const post = defineService({
  name: "post",
  version: "0.1.0",
  description: "Carries letters",
  runsIn: "person",
  endpoints: {
    send: {
      subject: "post.{room}.send",
      summary: "Send a letter to a room",
      params: Params,
      request: z.strictObject({ letter: z.string() }),
      reply: z.strictObject({ room: z.string(), letter: z.string() }),
      errors: { room_closed: 409 },
    },
    count: {
      subject: "post.count",
      summary: "Count",
      request: z.strictObject({}),
      reply: z.strictObject({ count: z.int() }),
      errors: {},
    },
  },
});

let nats: TestNats;
let connection: NatsConnection;
beforeAll(async () => {
  nats = await startNats();
  connection = await nats.connect();
});
afterAll(() => nats?.[Symbol.asyncDispose]());

/** Answers the count however a test likes. */
async function answering(how: (message: Msg, times: number) => void, there?: NatsConnection) {
  const own = there ?? (await nats.connect());
  const commands: (string | undefined)[] = [];
  own.subscribe("post.count", {
    callback: (_, message) => {
      commands.push(message.headers?.get("Nats-Msg-Id"));
      how(message, commands.length);
    },
  });
  await own.flush();
  // nats-server has heard that it is gone before the next test asks.
  return { commands, [Symbol.asyncDispose]: () => own.drain() };
}
const refuseWith = (message: Msg, code: number, body: string) => {
  const named = headers();
  named.set("Nats-Service-Error-Code", String(code));
  named.set("Nats-Service-Error", "no");
  message.respond(body, { headers: named });
};

describe("asking", () => {
  test("fills the parameters into the subject, and gets the reply in its type", async () => {
    const { log } = recordingLog();
    const handlers = {
      send: ({ params, request }: { params: { room: string }; request: { letter: string } }) => ({
        ...params,
        ...request,
      }),
      count: () => ({ count: 1 }),
    };
    const serving = await serve(post, handlers, { connection, log });
    expect(await client(post, connection).send({ letter: "dear" }, { room: "attic" })).toEqual({
      room: "attic",
      letter: "dear",
    });
    await serving.stop();
  });

  test("under a parameter that is no safe token never leaves this side", async () => {
    const { send } = client(post, connection);
    await expect(async () => send({ letter: "dear" }, { room: "a.b" })).rejects.toThrow(z.ZodError);
    await expect(async () => send({ letter: "dear" }, { room: "*" })).rejects.toThrow(z.ZodError);
  });

  test("what the contract does not know never leaves this side", async () => {
    const asked = client(post, connection).send({ letter: 7 } as never, { room: "attic" });
    await expect(asked).rejects.toMatchObject({ reason: "invalid_request", issues: [{ path: "letter" }] });
  });

  test("somebody who is not there for an instant is asking once", async () => {
    const there = await nats.connect();
    const asked = client(post, connection).count({});
    // nats-server has been asked when this is answered, and has found nobody.
    await connection.flush();
    await using _late = await answering((message) => message.respond(`{"count":4}`), there);
    expect(await asked).toEqual({ count: 4 });
  });

  test("nobody says soon that nobody answers", async () => {
    // The time that it is given is longer than that of the test.
    const asked = client(post, connection).count({}, { timeout: 120_000 });
    await expect(asked).rejects.toThrow(NobodyAnswersError);
  });

  test("somebody who is silent says so after the time that was given", async () => {
    await using _silent = await answering(() => undefined);
    await expect(client(post, connection).count({}, { timeout: 150 })).rejects.toThrow(NoAnswerError);
  });

  test("somebody who answers against the contract is an error of theirs", async () => {
    await using _wrong = await answering((message) => message.respond(`{"count":"many"}`));
    await expect(client(post, connection).count({})).rejects.toThrow(/against its contract: count/);
  });

  test("a subject that was imported under another name is said by that name", async () => {
    await using _far = await answering((message) => message.respond(`{"count":2}`));
    const imported = client(post, connection, { subject: (said) => said.replace("far.", "") });
    expect(await imported.count({})).toEqual({ count: 2 });
  });
});

describe("a refusal", () => {
  test("of the contract is thrown with its reason and code", async () => {
    await using _no = await answering((message) =>
      refuseWith(message, 409, `{"reason":"room_closed","message":"it is closed"}`),
    );
    const refusal: unknown = await client(post, connection)
      .count({})
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ reason: "room_closed", code: 409, message: "it is closed" });
    expect(isRefusal(refusal, "room_closed")).toBe(true);
    expect(isRefusal(refusal, "other")).toBe(false);
  });

  test("of a service that is not of this kit has the header's text", async () => {
    await using _other = await answering((message) => refuseWith(message, 418, "teapot"));
    await expect(client(post, connection).count({})).rejects.toMatchObject({
      reason: "unknown",
      code: 418,
      message: "no",
    });
  });

  test.for(["unavailable", "behind"])("as %s is asked again, under the same command id", async (reason) => {
    const body = JSON.stringify({ reason, message: "not yet" });
    await using service = await answering((message, times) =>
      times < 3 ? refuseWith(message, 503, body) : void message.respond(`{"count":3}`),
    );
    expect(await client(post, connection).count({})).toEqual({ count: 3 });
    expect(service.commands).toHaveLength(3);
    expect(new Set(service.commands).size).toBe(1);
    expect(service.commands[0]).toMatch(/^[\w-]{8,64}$/);
  });

  test("as unavailable for ever is thrown within the time that was given", async () => {
    const body = JSON.stringify(kitRefusal("unavailable").body());
    await using service = await answering((message) => refuseWith(message, 503, body));
    const asked = client(post, connection).count({}, { timeout: 2_000, commandId: "my-command" });
    await expect(asked).rejects.toMatchObject({ reason: "unavailable", code: 503 });
    expect(new Set(service.commands)).toEqual(new Set(["my-command"]));
  });

  test("as unavailable and then by nobody may have been carried out", async () => {
    const body = JSON.stringify(kitRefusal("unavailable").body());
    await using service = await answering((message, times) => times === 1 && refuseWith(message, 503, body));
    await expect(client(post, connection).count({}, { timeout: 1_500 })).rejects.toThrow(NoAnswerError);
    expect(service.commands).toHaveLength(2);
  });

  test("by any other reason is not asked again", async () => {
    await using service = await answering((message) =>
      refuseWith(message, 409, `{"reason":"conflict","message":"no"}`),
    );
    await expect(client(post, connection).count({})).rejects.toMatchObject({ reason: "conflict" });
    expect(service.commands).toHaveLength(1);
  });
});

test("a service that cannot reach what it needs is unavailable, not at fault", async () => {
  const { log, lines } = recordingLog();
  const own = await nats.connect();
  const handlers = {
    send: () => Promise.reject(new Error("unused")),
    count: async () => {
      await own.request("nobody.is.there", "", { timeout: 100 });
      return { count: 0 };
    },
  };
  const serving = await serve(post, handlers, { connection: own, log });
  const asked = client(post, connection).count({}, { timeout: 2_000 });
  await expect(asked).rejects.toMatchObject({ reason: "unavailable", code: 503 });
  expect(lines.filter(({ level }) => level === 50)).toEqual([]);
  expect(lines.filter(({ msg }) => msg === "what this needs cannot be reached").length).toBeGreaterThan(1);
  await serving.stop();
});
