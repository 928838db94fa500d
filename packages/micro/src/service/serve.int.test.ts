/** The answering side of a contract, on a real nats-server. */
import { Svcm } from "@nats-io/services";
import { headers } from "@nats-io/nats-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerIn, ask, cause, handlers, lab } from "./lab.fixture.ts";
import { alice, recordingLog, someone, startNats, type TestNats } from "../nats.fixture.ts";
import { serve, type ServeOptions } from "./serve.ts";

let nats: TestNats;
const administrator = someone();
const lobby = someone();
const standing = { lobby, administrators: new Set([administrator]) };
const { endpoints } = lab;
const word = { word: "hello" };

beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats?.[Symbol.asyncDispose]());

/** A running lab with a log of its own, on connections of its own. */
async function open(options: Partial<ServeOptions> = {}) {
  const [connection, client] = await Promise.all([nats.connect(), nats.connect()]);
  const { log, lines } = recordingLog();
  const serving = await serve(lab, handlers, { connection, log, standing, ...options });
  const trouble = () => lines.filter(({ level }) => Number(level) >= 40);
  return { connection, client, lines, trouble, serving, [Symbol.asyncDispose]: () => connection.close() };
}

describe("a request", () => {
  test("is answered with the handler's reply", async () => {
    await using service = await open();
    expect(await ask(service.client, alice, endpoints.echo, word)).toEqual({ code: 0, text: "", body: word });
  });

  test("sent as soon as serving is said is answered", async () => {
    const asking = await nats.connect();
    for (let round = 0; round < 10; round++) {
      await using service = await open();
      expect(await ask(asking, alice, endpoints.echo, word)).toMatchObject({ body: word });
      await service.serving.stop();
    }
  });

  test("is refused by a declared reason, in headers and body", async () => {
    await using service = await open();
    expect(await ask(service.client, alice, endpoints.echo, { word: "bad" })).toEqual({
      code: 422,
      text: "word bad",
      body: { reason: "word_bad", message: "word bad" },
    });
    expect(service.trouble()).toEqual([]);
  });

  test.for([
    ["malformed JSON", `{"word":`],
    ["bytes that are no UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["a wrong type", { word: 1 }],
    ["an unknown field", { word: "hello", other: 1 }],
    ["a field that JavaScript keeps for itself", `{"word":"hello","__proto__":{"word":"x"}}`],
    ["nothing at all", ""],
    ["null", "null"],
  ])("with %s is refused as invalid", async ([, request]) => {
    await using service = await open();
    const answer = await ask(service.client, alice, endpoints.echo, request);
    expect(answer).toMatchObject({ code: 400, body: { reason: "invalid_request", issues: expect.any(Array) } });
    expect(service.trouble()).toEqual([]);
  });

  test("that is too large is refused before it is read", async () => {
    await using service = await open();
    expect(await ask(service.client, alice, endpoints.echo, "x".repeat(64 * 1024 + 1))).toMatchObject({
      code: 413,
      body: { reason: "request_too_large" },
    });
    expect(await ask(service.client, alice, endpoints.short, { word: "x".repeat(41) })).toMatchObject({ code: 413 });
  });

  test("under a subject without an account is refused", async () => {
    await using service = await open();
    expect(await ask(service.client, "SOMEBODY", endpoints.echo, word)).toMatchObject({ code: 400 });
  });
});

test("a slow request keeps no other waiting", async () => {
  await using service = await open();
  const order: string[] = [];
  const slow = ask(service.client, alice, endpoints.slow, word).then(() => order.push("slow"));
  const quick = Array.from({ length: 3 }, () =>
    ask(service.client, alice, endpoints.echo, word).then(() => order.push("quick")),
  );
  await Promise.all([slow, ...quick]);
  expect(order).toEqual(["quick", "quick", "quick", "slow"]);
});

describe("a fault", () => {
  test.for(["throws", "rejects"] as const)("of a handler that %s is answered, and says where to look", async (name) => {
    await using service = await open();
    const { code, text, body } = await ask(service.client, alice, endpoints[name], word);
    expect({ code, text }).toEqual({ code: 500, text: "lab failed" });
    expect(body).toEqual({ reason: "internal", message: "lab failed", errorId: expect.stringMatching(/^\w{22}$/) });
    expect(service.trouble()).toMatchObject([
      { msg: "fault", endpoint: `lab.${name}`, errorId: body.errorId, err: { message: cause } },
    ]);
  });

  test("is a refusal that the endpoint does not declare", async () => {
    await using service = await open();
    expect(await ask(service.client, alice, endpoints.undeclared, word)).toMatchObject({ code: 500 });
    expect(service.trouble()).toHaveLength(1);
  });

  test("is a reply against the contract", async () => {
    await using service = await open();
    expect(await ask(service.client, alice, endpoints.against, word)).toMatchObject({
      code: 500,
      body: { reason: "internal" },
    });
    expect(service.trouble()).toMatchObject([{ err: { message: expect.stringContaining("against the contract") } }]);
  });

  test("is a reply that no message holds", async () => {
    await using service = await open();
    expect(await ask(service.client, alice, endpoints.huge, word)).toMatchObject({ code: 500 });
    expect(service.trouble()).toHaveLength(1);
  });

  test("leaves the service answering", async () => {
    await using service = await open();
    await Promise.all(Array.from({ length: 20 }, () => ask(service.client, alice, endpoints.rejects, word)));
    expect(await ask(service.client, alice, endpoints.echo, word)).toMatchObject({ body: word });
    expect(new Set(service.trouble().map(({ errorId }) => errorId)).size).toBe(20);
  });

  test("whose way back is gone is answered to nobody, and harms nobody", async () => {
    await using service = await open();
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    service.client.publish(`${alice}.${endpoints.slow.subject}`, JSON.stringify(word), { reply: "nobody" });
    await service.client.flush();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await service.connection.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });
});

test("an error's text in several lines becomes one line in the header and stays whole in the body", async () => {
  await using service = await open();
  expect(await ask(service.client, alice, endpoints.breaks, word)).toEqual({
    code: 422,
    text: "one line and another and a third",
    body: { reason: "word_bad", message: "one line\r\nand another\n\u2028and a third" },
  });
});

describe("the caller", () => {
  const asked = async (account: string, commandId?: string) => {
    await using service = await open();
    return await ask(service.client, account, endpoints.who, {}, commandId === undefined ? {} : { commandId });
  };

  test("is the account in front of the subject", async () => {
    expect(await asked(alice)).toMatchObject({ body: { account: alice, newcomer: false, administrator: false } });
  });

  test("is a newcomer where it comes from the lobby, and may ask only what is open to newcomers", async () => {
    expect(await asked(lobby)).toMatchObject({ body: { newcomer: true, administrator: false } });
    await using service = await open();
    expect(await ask(service.client, lobby, endpoints.echo, word)).toMatchObject({
      code: 403,
      body: { reason: "not_registered" },
    });
  });

  test("is an administrator where the configuration says so, and nobody else may govern", async () => {
    expect(await asked(administrator)).toMatchObject({ body: { administrator: true } });
    await using service = await open();
    expect(await ask(service.client, administrator, endpoints.govern, word)).toMatchObject({ code: 0 });
    expect(await ask(service.client, alice, endpoints.govern, word)).toMatchObject({
      code: 403,
      body: { reason: "not_administrator" },
    });
    // Who may not ask learns nothing of how to ask.
    expect(await ask(service.client, alice, endpoints.govern, "{")).toMatchObject({ code: 403 });
  });

  test("names the command, and gets a name where it gave none that is fit", async () => {
    expect((await asked(alice, "command-1")).body["command"]).toBe("lab.who command-1");
    expect((await asked(alice, "no good name")).body["command"]).toMatch(/^lab\.who [\w]{22}$/);
    expect((await asked(alice)).body["command"]).toMatch(/^lab\.who [\w]{22}$/);
  });
});

describe("discovery", () => {
  test("shows every endpoint with summary, schemas, errors and queue group, in one message", async () => {
    await using service = await open();
    const message = await service.client.request("$SRV.INFO.lab", "", { timeout: 2_000 });
    const info = message.json<{
      endpoints: { name: string; queue_group: string; metadata: Record<string, string> }[];
    }>();
    expect(info.endpoints.map(({ name }) => name)).toEqual([...Object.keys(endpoints), "health"]);
    expect(new Set(info.endpoints.map(({ queue_group }) => queue_group))).toEqual(new Set(["lab"]));
    for (const { name, metadata } of info.endpoints) {
      expect(metadata, name).toMatchObject({ summary: expect.any(String), errors: expect.any(String) });
      expect(JSON.parse(metadata["schema_request"] ?? "")).toMatchObject({
        type: "object",
        additionalProperties: false,
      });
      expect(JSON.parse(metadata["schema_response"] ?? "")).toHaveProperty("type");
    }
    expect(info.endpoints.find(({ name }) => name === "govern")?.metadata["access"]).toBe("administrator");
  });

  test("shows true counts, refusals, faults and latencies of asynchronous handlers", async () => {
    await using service = await open({ figures: () => ({ rows: { behind: 3 } }) });
    await Promise.all(Array.from({ length: 4 }, () => ask(service.client, alice, endpoints.slow, word)));
    await ask(service.client, alice, endpoints.slow, { word: 1 });
    await ask(service.client, alice, endpoints.rejects, word);
    await ask(service.client, alice, endpoints.echo, { word: "bad" });

    const svcm = new Svcm(service.client).client();
    const [stats] = await Array.fromAsync(await svcm.stats("lab", service.serving.id));
    const of = (name: string) => stats?.endpoints?.find((each) => each.name === name);
    const slow = of("slow");
    expect(slow).toMatchObject({
      num_requests: 5,
      num_errors: 1,
      last_error: "invalid_request",
      data: { refusals: { invalid_request: 1 }, faults: 0, in_flight: 0 },
    });
    const ms = (slow?.average_processing_time ?? 0) / 1e6;
    expect(ms).toBeGreaterThan(40);
    expect(slow?.data).toMatchObject({ latency: { max: expect.closeTo(70, -2) } });
    expect(of("rejects")).toMatchObject({ num_requests: 1, num_errors: 1, data: { faults: 1, refusals: {} } });
    expect(of("echo")).toMatchObject({ num_errors: 1, data: { refusals: { word_bad: 1 }, faults: 0 } });
    expect(of("govern")).toMatchObject({ num_requests: 0, num_errors: 0, average_processing_time: 0 });
    expect(of("health")).toMatchObject({ data: { figures: { rows: { behind: 3 } } } });
  });

  test("finds health on a subject of the instance's own", async () => {
    await using service = await open({ checks: () => ({ rows: "3 behind" }) });
    const subject = `health.lab.${service.serving.id}`;
    const message = await service.client.request(subject, "", { timeout: 1_000 });
    expect(message.json()).toEqual({ status: "ok", checks: { rows: "3 behind" } });
    expect(answerIn(await service.client.request(subject, `{"more":1}`, { timeout: 1_000 }))).toMatchObject({
      code: 400,
    });
  });
});

describe("stopping", () => {
  test("answers what was taken, also what is slow", async () => {
    await using service = await open();
    const asked = Array.from({ length: 10 }, () => ask(service.client, alice, endpoints.slow, word));
    await service.client.flush();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await service.serving.stop();
    await service.connection.drain();
    const answers = await Promise.all(asked);
    expect(answers.map(({ body }) => body)).toEqual(answers.map(() => word));
  });

  test("of one of two instances under load fails no request", async () => {
    await using staying = await open();
    await using going = await open();
    let running = true;
    const failed: unknown[] = [];
    let answered = 0;
    const load = Array.from({ length: 8 }, async () => {
      while (running) {
        await ask(staying.client, alice, endpoints.echo, word).then(
          () => answered++,
          (error: unknown) => failed.push(error),
        );
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await going.serving.stop();
    await going.connection.drain();
    const before = answered;
    await new Promise((resolve) => setTimeout(resolve, 150));
    running = false;
    await Promise.all(load);
    expect(failed).toEqual([]);
    expect(before).toBeGreaterThan(0);
    expect(answered).toBeGreaterThan(before);
  });
});

test("headers that somebody makes up change nothing", async () => {
  await using service = await open();
  const forged = headers();
  forged.set("Nats-Request-Info", JSON.stringify({ acc: administrator, user: "UNOBODY", jwt: 7 }));
  const message = await service.client.request(`${alice}.${endpoints.who.subject}`, "{}", {
    headers: forged,
    timeout: 1_000,
  });
  expect(message.json()).toMatchObject({ account: alice, administrator: false });
});
