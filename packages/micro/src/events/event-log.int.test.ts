/** The event log on a real nats-server: appending, conflicts, repeats, batches. */
import { type AccountKey, defineEvents, Handle } from "@natster/contracts";
import { accountEvents, accounts, handleEvents } from "@natster/contracts/accounts";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { CloudEvent } from "cloudevents";
import * as z from "zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineAggregate } from "./aggregate.ts";
import type { Command } from "../service/command.ts";
import { decisions } from "./decisions.ts";
import { UnreadableEventError } from "./event.ts";
import { type EventLog, openEventLog, part } from "./event-log.ts";
import { bob, endless, someone, startNats, type TestNats } from "../nats.fixture.ts";
import { refuse } from "../service/refusal.ts";
import type { Room } from "../service/room.ts";

let nats: TestNats;
let connection: NatsConnection;
let log: EventLog;

beforeAll(async () => {
  nats = await startNats();
  connection = await nats.connect();
  log = await openEventLog(connection, accounts, endless);
});
afterAll(() => nats?.[Symbol.asyncDispose]());

/** A name, and how often it has changed. */
const named = defineAggregate({
  events: accountEvents,
  initial: { name: undefined as string | undefined, times: 0 },
  evolve: (state, event) => ({
    name: event.type === "renamed" || event.type === "registered" ? event.data.handle : state.name,
    times: state.times + 1,
  }),
});
const owned = defineAggregate({
  events: handleEvents,
  initial: { account: undefined as AccountKey | undefined },
  evolve: (_, { type, data }) => ({ account: type === "claimed" ? data.account : undefined }),
});

const rename = (handle: string) => () => [{ type: "renamed" as const, data: { handle: Handle.parse(handle) } }];
const claim = (account: AccountKey) => (state: { account: AccountKey | undefined }) => {
  if (state.account) throw refuse(accounts.endpoints.register, "handle_taken");
  return [{ type: "claimed" as const, data: { account } }];
};

let commands = 0;
const command = (account: AccountKey, id = `command-${++commands}`): Command => ({
  id,
  name: "accounts.test",
  caller: { account, newcomer: false, administrator: false },
});

/** How many messages the log holds under a filter. */
async function stored(filter: string): Promise<number> {
  const manager = await jetstreamManager(connection);
  const info = await manager.streams.info("EVENTS", { subjects_filter: filter });
  return Object.values(info.state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
}

describe("appending", () => {
  test("records what was decided, and answers with its sequence", async () => {
    const account = someone();
    const after = await log.append(named, { account }, rename("kim"), command(account));
    expect(await log.load(named, { account })).toEqual({ state: { name: "kim", times: 1 }, last: after });
  });

  test("nothing answers with the aggregate's last sequence", async () => {
    const account = someone();
    expect(await log.append(named, { account }, () => [], command(account))).toBe(0);
    const after = await log.append(named, { account }, rename("kim"), command(account));
    expect(await log.append(named, { account }, () => [], command(account))).toBe(after);
  });

  test("of two that race, both are recorded, and the second has seen the first", async () => {
    const account = someone();
    const seen: number[] = [];
    const once = (state: { times: number }) => {
      seen.push(state.times);
      return rename("kim")();
    };
    await Promise.all([
      log.append(named, { account }, once, command(account)),
      log.append(named, { account }, once, command(account)),
    ]);
    expect((await log.load(named, { account })).state.times).toBe(2);
    // The loser of the race has decided again.
    expect(seen).toEqual([0, 0, 1]);
  });

  test("of eight that race for one handle, one wins and the others are refused", async () => {
    const handle = Handle.parse("contested");
    const people = Array.from({ length: 8 }, someone);
    const claims = await Promise.allSettled(
      people.map((account) => log.append(owned, { handle }, claim(account), command(account))),
    );
    const lost = claims.filter((each) => each.status === "rejected").map(({ reason }) => reason as unknown);
    expect(lost).toHaveLength(7);
    for (const reason of lost) expect(reason).toMatchObject({ reason: "handle_taken", code: 409 });
    expect(await stored(`events.handle.${handle}.*`)).toBe(1);
  });

  test("gives up with a conflict where others are always first", async () => {
    const account = someone();
    let tries = 0;
    // Whoever decides this slowly is always overtaken.
    const overtaken = await openEventLog(
      overtaking(account, () => void tries++),
      accounts,
      endless,
    );
    await expect(overtaken.append(named, { account }, rename("kim"), command(account))).rejects.toMatchObject({
      reason: "conflict",
      code: 409,
    });
    expect(tries).toBe(3);
  });

  test("what a decision throws beyond a refusal rises, and nothing is recorded", async () => {
    const account = someone();
    const broken = log.append(
      named,
      { account },
      () => {
        throw new RangeError("no");
      },
      command(account),
    );
    await expect(broken).rejects.toThrow(RangeError);
    expect(await stored(`events.account.${account}.*`)).toBe(0);
  });

  test("data against its own schema is a fault, and nothing is recorded", async () => {
    const account = someone();
    const wrong = () => [{ type: "renamed", data: { handle: "NO HANDLE" } }] as never;
    await expect(log.append(named, { account }, wrong, command(account))).rejects.toThrow(z.ZodError);
    expect(await stored(`events.account.${account}.*`)).toBe(0);
  });
});

/** A connection on which somebody else appends to the account just before each publish of ours. */
function overtaking(account: AccountKey, count: () => void): NatsConnection {
  return new Proxy(connection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== "request") return typeof value === "function" ? value.bind(target) : value;
      return async (...request: Parameters<NatsConnection["request"]>) => {
        if (request[0].startsWith("events.")) {
          count();
          await log.append(named, { account }, rename("first"), command(account));
        }
        return target.request(...request);
      };
    },
  });
}

describe("a repeated command", () => {
  test("records nothing more, and answers the same", async () => {
    const account = someone();
    const same = command(account);
    const first = await log.append(named, { account }, rename("kim"), same);
    await log.append(named, { account }, rename("lee"), command(account));
    expect(await log.append(named, { account }, rename("kim"), same)).toBe(first);
    expect(await stored(`events.account.${account}.*`)).toBe(2);
  });

  test("at the same time is recorded once, and each gets the same answer", async () => {
    const account = someone();
    const same = command(account);
    const all = await Promise.all(Array.from({ length: 6 }, () => log.append(named, { account }, rename("kim"), same)));
    expect(new Set(all).size).toBe(1);
    expect(await stored(`events.account.${account}.*`)).toBe(1);
  });

  test("is another where another account, or another endpoint, names it so", async () => {
    const account = someone();
    const mine = command(account, "same-name");
    await log.append(named, { account }, rename("kim"), mine);
    await log.append(named, { account }, rename("lee"), { ...mine, name: "accounts.other" });
    await log.append(named, { account }, rename("max"), command(someone(), "same-name"));
    expect(await stored(`events.account.${account}.*`)).toBe(3);
  });

  test("of several aggregates records nothing more, also at the same time", async () => {
    const account = someone();
    const handle = Handle.parse("together");
    const same = command(account);
    const both = () =>
      log.appendAll([part(owned, { handle }, claim(account)), part(named, { account }, rename(handle))], same);
    const all = await Promise.all([both(), both(), both()]);
    expect(new Set([...all, await both()]).size).toBe(1);
    expect(await stored(`events.account.${account}.*`)).toBe(1);
    expect(await stored(`events.handle.${handle}.*`)).toBe(1);
  });
});

describe("a decision about several aggregates", () => {
  test("is recorded as a whole, one event after another", async () => {
    const account = someone();
    const [handle, other] = [Handle.parse("whole"), Handle.parse("other")];
    const after = await log.appendAll(
      [
        part(owned, { handle }, claim(account)),
        part(owned, { handle: other }, claim(account)),
        part(named, { account }, () => [...rename(handle)(), ...rename(other)()]),
      ],
      command(account),
    );
    expect(await log.load(owned, { handle })).toMatchObject({ last: after - 3 });
    expect(await log.load(owned, { handle: other })).toMatchObject({ last: after - 2 });
    expect(await log.load(named, { account })).toEqual({ state: { name: other, times: 2 }, last: after });
  });

  test("is recorded not at all where one part is refused", async () => {
    const account = someone();
    const handle = Handle.parse("refused");
    await log.append(owned, { handle }, claim(someone()), command(account));
    const both = [part(named, { account }, rename(handle)), part(owned, { handle }, claim(account))];
    await expect(log.appendAll(both, command(account))).rejects.toMatchObject({ reason: "handle_taken" });
    expect(await stored(`events.account.${account}.*`)).toBe(0);
  });

  test("is recorded not at all by those who lose a race for one of the parts", async () => {
    const handle = Handle.parse("raced");
    const people = Array.from({ length: 5 }, someone);
    const claims = await Promise.allSettled(
      people.map((account) =>
        log.appendAll(
          [part(named, { account }, rename(handle)), part(owned, { handle }, claim(account))],
          command(account),
        ),
      ),
    );
    expect(claims.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const counts = await Promise.all(people.map((account) => stored(`events.account.${account}.*`)));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    expect(await stored(`events.handle.${handle}.*`)).toBe(1);
  });
});

test("more decisions about several aggregates than nats-server takes at once wait in line", async () => {
  const people = Array.from({ length: 80 }, someone);
  const claims = people.map((account, index) => {
    const handle = Handle.parse(`crowd-${index}`);
    const both = [part(owned, { handle }, claim(account)), part(named, { account }, rename(handle))];
    return log.appendAll(both, command(account));
  });
  expect(new Set(await Promise.all(claims)).size).toBe(80);
  expect(await stored("events.handle.*.claimed")).toBeGreaterThanOrEqual(80);
});

describe("a refusal", () => {
  test("is given only for what the leader has, not for what a replica still shows", async () => {
    const account = someone();
    const handle = Handle.parse("trailing");
    await log.append(owned, { handle }, claim(someone()), command(account));
    const decided: boolean[] = [];
    await log.append(owned, { handle }, () => [{ type: "released", data: { account } }], command(account));
    const claimSeen = (state: { account: AccountKey | undefined }) => {
      decided.push(state.account === undefined);
      return claim(account)(state);
    };
    // The leader has one event more than was loaded: the refusal is not believed, and decided again.
    const behind = await openEventLog(notReleased(handle), accounts, endless);
    await behind.append(owned, { handle }, claimSeen, command(account));
    expect(decided).toEqual([false, true]);
  });
});

describe("a decision that is made again", () => {
  const claimed = { type: "claimed", data: { account: bob } } as const;
  const released = { type: "released", data: { account: bob } } as const;

  test.for([
    { first: "records nothing", decided: [], asked: [{ grows: true }] },
    { first: "takes back", decided: [released], asked: [{ grows: false }, { grows: true }] },
    { first: "grows, too", decided: [claimed], asked: [{ grows: true }] },
  ])("is admitted as it is by then, where at first it $first", async ({ first, decided, asked }) => {
    const handle = Handle.parse(`again-${first.replaceAll(/\W/g, "")}`.slice(0, 20));
    await log.append(owned, { handle }, () => [claimed], command(bob));
    await log.append(owned, { handle }, () => [released], command(bob));
    const seen: { readonly grows: boolean }[] = [];
    const room: Room = { ...endless, admit: (_, decided) => Promise.resolve(void seen.push(decided)) };
    const behind = await openEventLog(notReleased(handle), accounts, room);
    await behind.append(owned, { handle }, ({ account }) => (account ? decided : [claimed]), command(bob));
    expect(seen).toEqual(asked);
  });
});

/** A connection whose first read of a handle misses that it was released, as a trailing replica's may. */
function notReleased(handle: string): NatsConnection {
  let first = true;
  return new Proxy(connection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== "publish") return typeof value === "function" ? value.bind(target) : value;
      return (...[subject, payload, options]: Parameters<NatsConnection["publish"]>) => {
        const asked = typeof payload === "string" && payload.includes(`events.handle.${handle}.`);
        if (!first || !asked) return target.publish(subject, payload, options);
        first = false;
        return target.publish(subject, payload.replace(`${handle}.*`, `${handle}.claimed`), options);
      };
    },
  });
}

describe("loading", () => {
  test("reads past the first page of 1,000 events", async () => {
    const account = someone();
    const events = (from: number) => Array.from({ length: 600 }, (_, index) => rename(`name-${from + index}`)()).flat();
    for (const from of [0, 600]) await log.append(named, { account }, () => events(from), command(account));
    const { state } = await log.load(named, { account });
    expect(state).toEqual({ name: "name-1199", times: 1_200 });
  });

  test("brings old versions up to the newest, step by step", async () => {
    const account = someone();
    const Registered = z.strictObject({ handle: Handle.optional(), language: z.string(), greeting: z.string() });
    const history = {
      registered: [
        { data: z.strictObject({ name: z.string() }), upcast: ({ name }: { name: string }) => ({ handle: name }) },
        {
          data: z.strictObject({ handle: z.string() }),
          upcast: ({ handle }: { handle: string }) => ({ handle, language: "en" }),
        },
        {
          data: z.strictObject({ handle: z.string(), language: z.string() }),
          upcast: (data: { handle: string; language: string }) => ({ ...data, greeting: `hello ${data.handle}` }),
        },
      ],
    };
    const events = defineEvents({ ...accountEvents, takesBack: [], types: { registered: Registered }, history });
    const greeted = defineAggregate({
      events,
      initial: [] as string[],
      evolve: (state, { data }) => [...state, `${data.greeting} (${data.language})`],
    });
    const written = (version: number, data: unknown) => write(account, "registered", { version, data });
    await written(1, { name: "kim" });
    await written(2, { handle: "lee" });
    await written(3, { handle: "max", language: "de" });
    await log.append(
      greeted,
      { account },
      () => [{ type: "registered", data: { handle: Handle.parse("zoe"), language: "fr", greeting: "bonjour" } }],
      command(account),
    );
    expect((await log.load(greeted, { account })).state).toEqual([
      "hello kim (en)",
      "hello lee (en)",
      "hello max (de)",
      "bonjour (fr)",
    ]);
  });

  test.for([
    ["no JSON", "{", /not a CloudEvent/],
    ["no CloudEvent", `{"specversion":"0.3"}`, /not a CloudEvent/],
    ["data against its schema", { version: 1, data: { handle: 7 } }, /against its schema/],
    ["a version of tomorrow", { version: 2, data: {} }, /no version 2 that is known/],
  ] as const)("says why it cannot read an event that is %s", async ([, what, why]) => {
    const account = someone();
    if (typeof what === "string") await jetstream(connection).publish(`events.account.${account}.renamed`, what);
    else await write(account, "renamed", what);
    await expect(log.load(named, { account })).rejects.toThrow(UnreadableEventError);
    await expect(log.load(named, { account })).rejects.toThrow(why);
  });

  test("says why it cannot read an event of a type that is not known", async () => {
    const account = someone();
    await write(account, "enlightened", { version: 1, data: {} });
    await expect(log.load(named, { account })).rejects.toThrow(/knows no event enlightened/);
  });

  test("says why an old version cannot be brought up to the newest", async () => {
    const account = someone();
    await write(account, "renamed", { version: 1, data: { name: 7 } });
    const events = defineEvents({
      ...accountEvents,
      history: { renamed: [{ data: z.strictObject({ name: z.string() }), upcast: (data: object) => data }] },
    });
    await expect(log.load({ ...named, events }, { account })).rejects.toThrow(UnreadableEventError);
  });
});

// `skip` is what an administrator decides about an event; no test is left out here.
describe("an event that administrators had skipped", () => {
  /** Puts something into the log that nobody can read; resolves with its sequence. */
  const garble = async (subject: string) => (await jetstream(connection).publish(subject, "garbled")).seq;
  const skip = (service: string, projection: string, sequence: number) =>
    log.append(
      decisions,
      { service, projection },
      () => [{ type: "skipped", data: { sequence } }],
      command(someone(), `skip-${service}-${projection}-${sequence}`),
    );

  test("is not there for decisions about its aggregate, once it is skipped where nats-server enforces it", async () => {
    const account = someone();
    await log.append(named, { account }, rename("kim"), command(account));
    const bad = await garble(`events.account.${account}.renamed`);
    const append = () => log.append(named, { account }, rename("lee"), command(account));
    await expect(append()).rejects.toThrow(`event ${bad} cannot be read: not a CloudEvent`);
    await skip("projector", "people", bad);
    // The service that appends what it likes about its own projections has no word in those of others.
    await skip("projector", "access", bad);
    await expect(append()).rejects.toThrow(UnreadableEventError);
    await skip("accounts", "access", bad);
    const renamed = async () =>
      (await log.newest(accountEvents, { account }, ["renamed"])).map(({ data }) => "handle" in data && data.handle);
    expect(await renamed()).toEqual(["kim"]);
    const after = await append();
    expect(await log.load(named, { account })).toEqual({ state: { name: "lee", times: 2 }, last: after });
    expect(await renamed()).toEqual(["lee"]);
  });

  test("at the end of its aggregate is what the leader is asked about, and nothing is recorded for nothing", async () => {
    const account = someone();
    const bad = await garble(`events.account.${account}.renamed`);
    await skip("accounts", "access", bad);
    expect(await log.append(named, { account }, () => [], command(account))).toBe(bad);
  });

  test("stays out where newer code could read it by now", async () => {
    const account = someone();
    const bad = await log.append(named, { account }, rename("kim"), command(account));
    await skip("accounts", "access", bad);
    const later = await openEventLog(connection, accounts, endless);
    expect(await later.load(named, { account })).toEqual({ state: { name: undefined, times: 0 }, last: bad });
  });

  test("of which nats-server enforces nothing has to be skipped wherever it is read", async () => {
    const handle = Handle.parse("skipped-handle");
    const bad = await garble(`events.handle.${handle}.claimed`);
    await skip("accounts", "access", bad);
    await expect(log.load(owned, { handle })).rejects.toThrow(UnreadableEventError);
    await skip("projector", "people", bad);
    expect(await log.load(owned, { handle })).toEqual({ state: { account: undefined }, last: bad });
  });
});

/** Puts an event into the log as another program might have. */
async function write(account: AccountKey, type: string, { version, data }: { version: number; data: unknown }) {
  const event = {
    specversion: "1.0",
    id: crypto.randomUUID(),
    source: "/natster/accounts",
    type: `natster.account.${type}`,
    subject: account,
    time: new Date().toISOString(),
    dataschema: `urn:natster:account:${type}:${version}`,
    datacontenttype: "application/json",
    actor: account,
    commandname: "accounts.test",
    commandid: "some-command",
    data,
  };
  await jetstream(connection).publish(`events.account.${account}.${type}`, JSON.stringify(event));
}

test("every event in the log is a CloudEvent, as the official SDK reads it", async () => {
  const account = someone();
  const handle = Handle.parse("official");
  const caller = { account, newcomer: false, administrator: false };
  const by = { id: "command-official", name: "accounts.register", caller };
  await log.appendAll([part(owned, { handle }, claim(account)), part(named, { account }, rename(handle))], by);
  const manager = await jetstreamManager(connection);
  const subjects = [`events.handle.${handle}.claimed`, `events.account.${account}.renamed`];
  for (const subject of subjects) {
    const message = await manager.streams.getMessage("EVENTS", { last_by_subj: subject });
    const event = new CloudEvent<unknown>(message?.json() as object);
    expect(event.validate()).toBe(true);
    expect(event).toMatchObject({
      specversion: "1.0",
      source: "/natster/accounts",
      datacontenttype: "application/json",
      actor: account,
      commandname: "accounts.register",
      commandid: "command-official",
    });
    // The message's name is the event's: by it JetStream, and anybody else, tells a repeat.
    expect(message?.header.get("Nats-Msg-Id")).toBe(event.id);
  }
});
