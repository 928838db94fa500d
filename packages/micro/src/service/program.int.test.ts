/** A service as a process: its configuration, its connection, and its end. */
import { jetstreamManager } from "@nats-io/jetstream";
import { ClosedConnectionError, type NatsConnection } from "@nats-io/nats-core";
import * as z from "zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { program as labProgram } from "./lab-program.fixture.ts";
import { ask, handlers, lab } from "./lab.fixture.ts";
import { alice, bob, recordingLog, startNats, type TestNats } from "../nats.fixture.ts";
import { ConfigError } from "./config.ts";
import { connect } from "../connection/connect.ts";
import { defineProgram, start } from "./program.ts";
import { serve } from "./serve.ts";

const word = { word: "hello" };
const { echo, slow } = lab.endpoints;
let nats: TestNats;

beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats?.[Symbol.asyncDispose]());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A program that reaches the streams, and hands its connection to them over. */
const reaching = (opened: (streams: NatsConnection) => void) =>
  defineProgram({
    ...labProgram,
    implement: async ({ openStreams }) => {
      opened(await openStreams());
      return { handlers };
    },
  });

/** The program's implementation with something done around it. */
const around = (during: (closing: AsyncDisposableStack) => void) =>
  defineProgram({
    ...labProgram,
    implement: (surroundings) => {
      during(surroundings.closing);
      return { handlers };
    },
  });

describe("starting", () => {
  test("is done when requests are answered", async () => {
    await using running = await start(labProgram, nats.env, recordingLog().log);
    const client = await nats.connect();
    expect(running.connection.isClosed()).toBe(false);
    expect(await ask(client, alice, echo, word)).toMatchObject({ body: word });
  });

  test("without its settings names each that is missing, and each that is wrong", async () => {
    const program = { ...labProgram, config: z.object({ LAB_SIZE: z.coerce.number() }) };
    const env = { ...nats.env, NATS_URL: "", NATSTER_LOBBY: "nobody", LAB_SIZE: "large" };
    const failure = await start(program, env).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigError);
    expect(String(failure)).toMatch(/NATS_URL is not set; NATSTER_LOBBY: .*; LAB_SIZE: /);
    expect(String(failure)).not.toContain("\n");
  });

  test("with creds that cannot be read names their file", async () => {
    const missing = start(labProgram, { ...nats.env, NATS_CREDS: "/nowhere/lab.creds" });
    await expect(missing).rejects.toThrow(new ConfigError("cannot read the creds file /nowhere/lab.creds"));
    const empty = await nats.credsFile("empty", "nothing");
    await expect(start(labProgram, { ...nats.env, NATS_CREDS: empty })).rejects.toThrow(ConfigError);
  });

  test("without creds for the streams is refused where they are needed, and only there", async () => {
    const { NATS_STREAMS_CREDS: _, ...env } = nats.env;
    const program = reaching(() => {});
    await expect(start(program, env, recordingLog().log)).rejects.toThrow(
      new ConfigError("cannot start: NATS_STREAMS_CREDS is not set"),
    );
    await using running = await start(labProgram, env, recordingLog().log);
    expect(running.connection.isClosed()).toBe(false);
  });

  test("that needs a stream which nobody has provided waits, says so once, and goes on when it is there", async () => {
    const manager = await jetstreamManager(await nats.connect());
    const { log, lines } = recordingLog();
    const waiting = () => lines.filter(({ msg }) => msg === "waiting for streams and buckets to be provided");
    let tries = 0;
    const program = defineProgram({
      ...labProgram,
      implement: async ({ openStreams }) => {
        tries++;
        await (await jetstreamManager(await openStreams())).streams.info("LATER");
        return { handlers };
      },
    });
    const starting = start(program, nats.env, log);
    await expect.poll(() => tries).toBeGreaterThan(2);
    expect(waiting()).toMatchObject([{ why: "stream not found", level: 40 }]);

    await manager.streams.add({ name: "LATER", subjects: ["later"] });
    await using running = await starting;
    expect(running.connection.isClosed()).toBe(false);
    expect(waiting()).toHaveLength(1);
  });

  test("that fails half way closes what it had opened, and leaves no connection", async () => {
    const closed: string[] = [];
    const program = defineProgram({
      ...labProgram,
      implement: ({ closing, connection }) => {
        closing.defer(() => void closed.push(connection.isClosed() ? "too late" : "in time"));
        throw new Error("no handlers today");
      },
    });
    await expect(start(program, nats.env, recordingLog().log)).rejects.toThrow("no handlers today");
    expect(closed).toEqual(["in time"]);
  });

  test("is given up where the connection is closed meanwhile, and waits for nothing any more", async () => {
    const program = defineProgram({
      ...labProgram,
      implement: async ({ connection }) => {
        await connection.close();
        throw new ClosedConnectionError();
      },
    });
    await expect(start(program, nats.env, recordingLog().log)).rejects.toThrow("the connection was closed");
  });
});

describe("stopping", () => {
  test("answers what was taken, closes what was opened, then the connection", async () => {
    const closed: string[] = [];
    const running = await start(
      around((closing) => closing.defer(() => void closed.push("closed"))),
      nats.env,
      recordingLog().log,
    );
    const client = await nats.connect();
    const asked = ask(client, alice, slow, word);
    await sleep(20);
    await running.stop();
    expect(await asked).toMatchObject({ body: word });
    expect(closed).toEqual(["closed"]);
    expect(running.connection.isClosed()).toBe(true);
    expect(await running.ended).toBeUndefined();
  });

  test("twice is stopping once", async () => {
    let times = 0;
    const running = await start(
      around((closing) => closing.defer(() => void times++)),
      nats.env,
      recordingLog().log,
    );
    await Promise.all([running.stop(), running.stop()]);
    expect(times).toBe(1);
  });
});

describe("ending", () => {
  test("a denied subscription ends the program with its reason", async () => {
    // These creds may serve `codes`, and nothing of the lab.
    const creds = await nats.credsFile("codes", nats.operator.creds.codes);
    const { log, lines } = recordingLog();
    const running = await start(labProgram, { ...nats.env, NATS_CREDS: creds }, log);
    const reason = await running.ended;
    expect(reason?.message).toMatch(/permissions violation for subscription/i);
    expect(running.connection.isClosed()).toBe(true);
    expect(lines.filter(({ msg }) => msg === "cannot go on")).toMatchObject([{ level: 60 }]);
  });

  test("a connection that is closed ends the program", async () => {
    const { log, lines } = recordingLog();
    const running = await start(labProgram, nats.env, log);
    await running.connection.close();
    expect(await running.ended).toEqual(new Error("the connection was closed"));
    expect(lines.filter(({ level }) => level === 50)).toEqual([]);
  });

  test("losing the streams for good ends the program too, and leaves no connection", async () => {
    const opened = Promise.withResolvers<NatsConnection>();
    const running = await start(reaching(opened.resolve), nats.env, recordingLog().log);
    await (await opened.promise).close();
    expect(await running.ended).toEqual(new Error("the connection was closed"));
    expect(running.connection.isClosed()).toBe(true);
  });

  test("something that cannot be closed does not keep the program from ending", async () => {
    const { log, lines } = recordingLog();
    const running = await start(
      around((closing) => closing.defer(() => Promise.reject(new Error("stuck")))),
      nats.env,
      log,
    );
    await running.connection.close();
    expect(await running.ended).toEqual(new Error("the connection was closed"));
    expect(lines.filter(({ msg }) => msg === "could not end in order")).toHaveLength(1);
  });
});

describe("an outage", () => {
  test("keeps nobody from ending", async () => {
    const running = await start(labProgram, nats.env, recordingLog().log);
    await nats.server.stop();
    await running.stop();
    expect(running.connection.isClosed()).toBe(true);
    expect(await running.ended).toBeUndefined();
    await nats.server.restart();
  });

  test("that comes while the program ends does no harm", async () => {
    const running = await start(labProgram, nats.env, recordingLog().log);
    await Promise.all([running.stop(), nats.server.stop()]);
    expect(running.connection.isClosed()).toBe(true);
    await nats.server.restart();
  });

  test("however long is waited out, and the service answers again", async () => {
    const { log, lines } = recordingLog();
    let tries = 0;
    let resets = 0;
    const pause = {
      next: () => {
        tries++;
        return 2;
      },
      reset: () => void resets++,
    };
    const connection = await connect({
      servers: nats.server.url,
      creds: { file: nats.creds },
      name: "lab",
      log,
      pause,
    });
    const serving = await serve(lab, handlers, {
      connection,
      log,
      standing: { lobby: bob, administrators: new Set() },
    });
    await nats.server.stop();
    // With the pauses of real life, which grow to ten seconds, this many tries take more than a quarter of an hour.
    const enough = tries + 100;
    for (const until = Date.now() + 20_000; tries < enough && Date.now() < until;) await sleep(10);
    expect(tries).toBeGreaterThanOrEqual(enough);
    expect(connection.isClosed()).toBe(false);

    await nats.server.restart();
    const client = await nats.connect();
    const answered = async (): Promise<unknown> => ask(client, alice, echo, word).catch(() => sleep(50).then(answered));
    expect(await answered()).toMatchObject({ body: word });
    // Once when it connected first, and once when it was back.
    expect(resets).toBe(2);
    expect(lines.filter(({ msg }) => msg === "found nats-server again")).toHaveLength(1);
    await serving.stop();
    await connection.close();
  });
});
