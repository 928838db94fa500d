/** What the JWTs of this package mean to a real nats-server: who may say and hear what, and until when. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { AccountKey } from "@natster/contracts";
import {
  eventStream,
  type PlatformService,
  platformServices,
  projectionSides,
  type StreamsService,
  streamsServices,
  volatileBuckets,
} from "@natster/contracts/platform";
import { type NatsServer, startNatsServer } from "@natster/nats-server";
import { connect, type NatsConnection, PermissionViolationError, RequestError } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { accountJwt, type AccountState, renderAccount } from "./account.ts";
import { authenticator, type Creds, parseCreds } from "./creds.ts";
import { music, photos, resigned } from "./fixtures.ts";
import { signGrant } from "./grant.ts";
import { createOperator } from "./init.ts";
import { encodeJwt } from "./jwt.ts";
import { createKey, type Key, keyFromSeed } from "./key.ts";
import { newcomerUser } from "./newcomer.ts";
import { streamsSubjects } from "./permissions.ts";
import { inboxPrefix, sharedSubject } from "@natster/contracts/borders";
import { userJwt, type UserRequest } from "./user.ts";

const begin = Math.floor(Date.now() / 1000) - 1000;
const operator = createOperator({ issuedAt: begin });
const signer = keyFromSeed(operator.signingKey, "operator");
const context = { platform: operator.platform, issuedAt: begin, signer };
const services = platformServices;

let directory: string;
let server: NatsServer;
let pusher: Client;
const opened: NatsConnection[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "natster-trust-"));
  const { operatorJwt: jwt, systemAccount, preload } = operator;
  server = await startNatsServer({ operator: { jwt, systemAccount, preload }, directory });
  pusher = await reaching("accounts");
  await makeStreams();
});

afterAll(async () => {
  await Promise.all(opened.map((nc) => nc.close()));
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe("a service", () => {
  test("appends its events, reads the log, and keeps its rows", async () => {
    const codes = await reaching("codes");
    expect(await codes.ask("events.code.S7KQ2M4T.issued", "{}")).toMatch(/"stream":"EVENTS"/);
    expect(await codes.ask("streams.STREAM.INFO.EVENTS")).toMatch(/"config"/);
    const last = `{"last_by_subj":"events.code.S7KQ2M4T.issued"}`;
    expect(await codes.ask("streams.STREAM.MSG.GET.EVENTS", last)).toMatch(/"seq":/);
    expect(await codes.ask("streams.DIRECT.GET.EVENTS", last)).toBe("{}");
    expect(await codes.ask("streams.DIRECT.GET.EVENTS.events.code.S7KQ2M4T.issued")).toBe("{}");
    expect(await codes.ask("$KV.open_codes.S7KQ2M4T", "row")).toMatch(/"stream":"KV_open_codes"/);
    expect(await codes.ask("streams.DIRECT.GET.KV_open_codes.$KV.open_codes.S7KQ2M4T")).toBe("row");
    expect(codes.denied).toEqual([]);
  });

  test("takes what its durable delivers, acknowledges it, rewinds it, and empties its bucket", async () => {
    const catalog = await reaching("catalog");
    await catalog.ask("events.catalog.A.photos.created", "made");
    const projector = await reaching("projector");
    // What is delivered keeps its own subject, so it needs an inbox of its own.
    const next = { noMux: true, timeout: 2000 };
    const delivered = await projector.nc.request("streams.CONSUMER.MSG.NEXT.EVENTS.catalogs_a", `{"batch":1}`, next);
    expect(delivered.string()).toBe("made");
    expect(await projector.ask(delivered.reply ?? "", "+ACK")).toBe("");
    expect(await projector.ask("streams.CONSUMER.INFO.EVENTS.catalogs_a")).toMatch(/"num_ack_pending":0/);
    expect(await projector.ask("streams.CONSUMER.RESET.EVENTS.catalogs_a", `{"seq":1}`)).not.toMatch(/"error"/);
    expect(await projector.ask("$KV.catalogs_a.a", "row")).toMatch(/"stream"/);
    expect(await projector.ask("streams.STREAM.PURGE.KV_catalogs_a")).toMatch(/"purged":1/);
    expect(projector.denied).toEqual([]);
  });

  test.each(services)("%s hears all that it is asked, and nothing of what others are asked", async (name) => {
    const heard = await service(name);
    const { sub } = heard.permissions;
    for (const subject of sub) heard.nc.subscribe(subject, { callback: () => {} });
    expect(await heard.denials()).toEqual([]);
    const foreign = ["_INBOX.>", ">", "*.natster.>", "events.>", "$KV.>", "$JS.>", "$SRV.>", "feed.>"];
    const others = services.filter((other) => other !== name).map((other) => `*.natster.${subjectGroup(other)}.>`);
    for (const subject of [...foreign, ...others]) heard.nc.subscribe(subject, { callback: () => {} });
    expect(await heard.denials()).toEqual([...foreign, ...others].map((subject) => `subscription ${subject}`));
  });

  test.each(services)("%s says nothing in the platform's account but its replies, and its notices", async (name) => {
    const speaker = await service(name);
    const said = [
      `${operator.platform}.natster.codes.issue`,
      "events.code.x.issued",
      "$KV.presence.x",
      "$JS.API.STREAM.INFO.EVENTS",
      "streams.STREAM.INFO.EVENTS",
      "$SYS.REQ.CLAIMS.UPDATE",
      "health.x.y",
      "anything",
      ...(name === "projector" ? [] : ["feed.x.share"]),
    ];
    for (const subject of said) speaker.nc.publish(subject);
    expect(await speaker.denials()).toEqual(said.map((subject) => `publish ${subject}`));
  });

  test.each(streamsServices)(
    "%s reaches no stream in the name of another, and changes no stream or consumer",
    async (name) => {
      const speaker = await reaching(name);
      const mine = streamsSubjects(name);
      const foreign = [...new Set(streamsServices.flatMap((name) => streamsSubjects(name)))].filter(
        (subject) => !mine.includes(subject),
      );
      const administration = [
        "STREAM.CREATE.EVIL",
        "STREAM.UPDATE.EVENTS",
        "STREAM.DELETE.EVENTS",
        "STREAM.PURGE.EVENTS",
        "STREAM.MSG.DELETE.EVENTS",
        "CONSUMER.CREATE.EVENTS",
        "CONSUMER.CREATE.EVENTS.evil",
        "CONSUMER.DURABLE.CREATE.EVENTS.evil",
        "CONSUMER.DELETE.EVENTS.catalogs_a",
      ];
      const others = [
        ...foreign.map(example),
        ...administration.map((call) => `streams.${call}`),
        `${operator.platform}.natster.codes.issue`,
        "feed.x.share",
        "$SYS.REQ.CLAIMS.DELETE",
        ...(name === "accounts" ? [] : ["$SYS.REQ.CLAIMS.UPDATE"]),
      ];
      const answers = await Promise.all(others.map((subject) => speaker.ask(subject)));
      expect(answers).toEqual(others.map(() => "no responders"));
      // What every account may ask of JetStream is about its own, and these have none.
      for (const call of administration)
        expect(await speaker.ask(`$JS.API.${call}`)).toMatch(/not enabled|no responders/);
    },
  );

  test("has what JetStream answers come back to itself, whatever reply subject it names", async () => {
    const catalog = await reaching("catalog");
    const heard: string[] = [];
    const everything = { pub: { allow: [">"] }, sub: { allow: [">"] } };
    for (const account of ["platform", "streams", "projector", "system"] as const) {
      const key = createKey("user");
      const request = { user: key.public, name: "listener", permissions: everything, issuedAt: begin };
      const listener = await client({ jwt: userJwt(keyFromSeed(operator.offline[account], "account"), request), key });
      listener.nc.subscribe(">", { callback: (_, { subject }) => void heard.push(`${account} ${subject}`) });
      await listener.nc.flush();
    }
    await catalog.ask("events.catalog.A.photos.described", "stored");
    const chosen = [
      `${operator.platform}.natster.catalog.retire`,
      "events.account.A.registered",
      "$KV.catalogs_a.A.photos",
      "streams.STREAM.PURGE.KV_catalogs_a",
      "feed.A.share",
    ];
    const last = `{"last_by_subj":"events.catalog.A.photos.described"}`;
    for (const reply of chosen) {
      for (const call of ["DIRECT.GET", "STREAM.MSG.GET"])
        catalog.nc.publish(`streams.${call}.EVENTS`, last, { reply });
    }
    // An acknowledgement is the one reply subject that nats-server hands on as it is, and it lets no client name one.
    catalog.nc.publish("streams.DIRECT.GET.EVENTS", last, { reply: "$JS.ACK.EVENTS.catalogs_a.1.1.1.1.1" });
    expect(await catalog.ask("streams.DIRECT.GET.EVENTS", last)).toBe("stored");
    // Whether the answers have been carried anywhere is known once a later message has.
    await catalog.ask("events.catalog.A.photos.retired", "later");
    await vi.waitFor(() => expect(heard).toContain("streams events.catalog.A.photos.retired"), 20_000);
    for (const reply of chosen) expect(heard.map((each) => each.split(" ")[1])).not.toContain(reply);
    expect(heard.join()).not.toContain("$JS.ACK.EVENTS.catalogs_a.1.1.1.1.1");
  });

  test("cannot have the streams removed by naming that as the reply subject of a look-up", async () => {
    const accounts = await reaching("accounts");
    const count = `{"last_by_subj":"events.>"}`;
    await accounts.ask("events.account.A.registered", "kept");
    const streams = keyFromSeed(operator.offline.streams, "account").public;
    const looked = `$SYS.REQ.ACCOUNT.${operator.platform}.CLAIMS.LOOKUP`;
    accounts.nc.publish(looked, "", { reply: `$JS.API.ACCOUNT.PURGE.${streams}` });
    accounts.nc.publish(`$JS.API.ACCOUNT.PURGE.${streams}`);
    expect(await accounts.ask(looked)).not.toBe("no responders");
    expect(await accounts.ask("streams.DIRECT.GET.EVENTS", count)).toBe("kept");
  });

  test("tells nats-server about accounts where it is the one for that, and does nothing else there", async () => {
    expect(await (await reaching("catalog")).ask("$SYS.REQ.CLAIMS.UPDATE")).toBe("no responders");
    expect(await pusher.ask(`$SYS.REQ.ACCOUNT.${operator.platform}.CLAIMS.LOOKUP`)).toBe(
      operator.preload[operator.platform],
    );
    for (const subject of [
      "$SYS.REQ.CLAIMS.LIST",
      "$SYS.REQ.CLAIMS.DELETE",
      "$SYS.REQ.CLAIMS.PACK",
      "$SYS.REQ.SERVER.PING",
      "$SYS.REQ.SERVER.X.RELOAD",
    ]) {
      expect(await pusher.ask(subject)).toBe("no responders");
    }
    pusher.nc.subscribe("$SYS.>", { callback: () => {} });
    expect(await pusher.denials()).toContain("subscription $SYS.>");
  });
});

describe("a newcomer", () => {
  const knock = async () => {
    const key = createKey("user");
    return client({ jwt: newcomerUser(operator.lobby, key.public, begin), key });
  };

  test("reaches the lobby's endpoints, and is known there as the lobby and by its own key", async () => {
    const accounts = await service("accounts");
    await accounts.answer("*.natster.accounts.register", (subject, info) => `${subject} ${info?.user}`);
    const newcomer = await knock();
    const reply = await newcomer.ask("natster.accounts.register");
    expect(reply).toBe(`${operator.lobby.account}.natster.accounts.register ${newcomer.user}`);
  });

  test("asks nothing else, and hears nobody else's replies", async () => {
    const [newcomer, other] = [await knock(), await knock()];
    for (const subject of [
      "natster.accounts.rename",
      "natster.codes.issue",
      "natster.library.person",
      "$SRV.PING",
      "x",
    ]) {
      expect(await newcomer.ask(subject)).toBe("denied");
    }
    for (const subject of [`${inboxPrefix(other.user)}.>`, "_INBOX.>", ">", "natster.>", "feed.>"]) {
      newcomer.nc.subscribe(subject, { callback: () => {} });
      expect(await newcomer.denials()).toContain(`subscription ${subject}`);
    }
  });

  test("cannot bring permissions of its own, nor use a key that the lobby does not know", async () => {
    const key = createKey("user");
    const scoped = keyFromSeed(operator.lobby.seed, "account");
    const jwt = newcomerUser(operator.lobby, key.public, begin);
    await expect(client({ jwt: resigned(jwt, scoped, { nats: { pub: { allow: [">"] } } }), key })).rejects.toThrow(
      /Authorization/,
    );
    await expect(client({ jwt: resigned(jwt, createKey("account"), {}), key })).rejects.toThrow(/Authorization/);
    await expect(client({ jwt: resigned(jwt, scoped, {}), key })).resolves.toBeDefined();
  });
});

describe("a person", () => {
  test("is who they are: nats-server writes their account into what they ask, and names the device", async () => {
    const [alice, bob] = [await person(), await person()];
    const projector = await service("projector");
    await projector.answer("*.natster.library.whoami", (subject, info) => `${subject} ${info?.user}`);
    const phone = await alice.device({ role: "browser" });
    expect(await phone.ask("natster.library.whoami")).toBe(`${alice.account}.natster.library.whoami ${phone.user}`);
    const forger = await bob.device({ role: "owner" });
    expect(await forger.ask(`${alice.account}.natster.library.whoami`)).toBe("no responders");
  });

  test("cannot import the platform in another's name", async () => {
    const [alice, bob] = [await person(), await person()];
    const projector = await service("projector");
    await projector.answer("*.natster.library.mine", (subject) => subject);
    const { nats, ...claims } = renderAccount(bob.state(), context);
    const imports =
      nats.imports?.map((entry) => ({ ...entry, subject: entry.subject.replace(bob.account, alice.account) })) ?? [];
    await push(encodeJwt({ ...claims, nats: { ...nats, imports } }, signer));
    expect(await (await bob.device({ role: "owner" })).ask("natster.library.mine")).toBe("no responders");
    expect(await (await alice.device({ role: "owner" })).ask("natster.library.mine")).toContain(alice.account);
  });

  test("hears the own feed, and only that", async () => {
    const [alice, bob] = [await person(), await person()];
    const projector = await service("projector");
    const heard: string[] = [];
    for (const someone of [alice, bob]) {
      const page = await someone.device({ role: "browser" });
      page.nc.subscribe("feed.>", { callback: (_, { subject }) => void heard.push(`${someone.account} ${subject}`) });
      await page.nc.flush();
    }
    projector.nc.publish(`feed.${alice.account}.share`);
    await vi.waitFor(() => expect(heard).toEqual([`${alice.account} feed.share`]), 20_000);
  });

  test("sees all services at once as an administrator, and none as somebody else", async () => {
    const [administrator, somebody] = [await person({ administrator: true }), await person()];
    for (const name of services) await (await service(name)).answer("$SRV.PING", () => name);
    const looking = await administrator.device({ role: "browser", administrator: true });
    const seen: string[] = [];
    for await (const reply of await looking.nc.requestMany("$SRV.PING", "", {
      strategy: "stall",
      maxWait: 2000,
      stall: 300,
    })) {
      seen.push(reply.string());
    }
    expect(seen.toSorted()).toEqual(services.toSorted());
    expect(await (await somebody.device({ role: "owner" })).ask("$SRV.PING")).toBe("no responders");
    expect(await (await somebody.device({ role: "browser", administrator: true })).ask("$SRV.PING")).toBe(
      "no responders",
    );
    expect(await (await administrator.device({ role: "browser" })).ask("$SRV.PING")).toBe("denied");
  });

  test("gives a device no more than its role", async () => {
    const alice = await person();
    const codes = await service("codes");
    await codes.answer("*.natster.codes.issue", () => "issued");
    await codes.answer("*.natster.codes.cancel", () => "cancelled");
    const serving = await alice.device({ role: "server" });
    await serving.answer("files.>", () => "file");
    const page = await alice.device({ role: "browser" });
    expect(await page.ask("files.photos.open")).toBe("file");
    expect(await page.ask("natster.codes.cancel")).toBe("cancelled");
    expect(await serving.ask("natster.codes.issue")).toBe("issued");
    expect([...serving.denied, ...page.denied]).toEqual([]);

    expect(await serving.ask("natster.codes.cancel")).toBe("denied");
    expect(await serving.ask("files.photos.open")).toBe("denied");
    expect(await page.ask("grants.open")).toBe("denied");
    for (const subject of ["files.>", "grants.>", "_INBOX.>", ">"]) page.nc.subscribe(subject, { callback: () => {} });
    expect((await page.denials()).slice(1)).toEqual(
      ["files.>", "grants.>", "_INBOX.>", ">"].map((subject) => `subscription ${subject}`),
    );
  });
});

describe("a share", () => {
  test("works as an import with its grant, and ends when it is revoked, until there is a newer grant", async () => {
    const [alice, bob] = [await person({ exports: [{ catalog: photos, revocations: {} }] }), await person()];
    const serving = await alice.device({ role: "server" });
    await serving.answer("files.>", (subject, info) => `${subject} ${info?.acc}`);
    const grant = (issuedAt: number) => signGrant(alice.key, { recipient: bob.account, catalog: photos, issuedAt });
    const asked = `${sharedSubject(alice.account, photos).slice(0, -1)}open`;
    const page = await bob.device({ role: "browser" });

    expect(await page.ask(asked)).toBe("no responders");
    await bob.push({ imports: [{ owner: alice.account, catalog: photos, grant: grant(begin + 10) }] });
    expect(await page.ask(asked)).toBe(`files.photos.open ${bob.account}`);

    await alice.push({ exports: [{ catalog: photos, revocations: { [bob.account]: begin + 10 } }] });
    await vi.waitFor(async () => expect(await page.ask(asked)).toBe("no responders"), 20_000);

    await bob.push({ imports: [{ owner: alice.account, catalog: photos, grant: grant(begin + 11) }] });
    expect(await page.ask(asked)).toBe(`files.photos.open ${bob.account}`);
    await alice.push({ exports: [{ catalog: photos, revocations: { "*": begin + 20 } }] });
    await vi.waitFor(async () => expect(await page.ask(asked)).toBe("no responders"), 20_000);
  });

  test("needs a grant of its owner for its recipient: another one spoils the recipient's whole JWT", async () => {
    const [alice, bob] = [await person({ exports: [{ catalog: photos, revocations: {} }] }), await person()];
    const importing = (by: Key<"account">, recipient: AccountKey, catalog = photos) => {
      const grant = signGrant(by, { recipient, catalog, issuedAt: begin });
      return bob.push({ imports: [{ owner: alice.account, catalog: photos, grant }] });
    };
    await expect(importing(bob.key, bob.account)).rejects.toThrow(/activation token/);
    await expect(importing(alice.key, alice.account)).rejects.toThrow(/activation token/);
    await expect(importing(alice.key, bob.account, music)).rejects.toThrow(/activation token/);
    await expect(importing(alice.key, bob.account)).resolves.toBeUndefined();
  });
});

describe("an account", () => {
  test("that is suspended loses its connections and gets none, until it is resumed", async () => {
    const alice = await person();
    const phone = await alice.device({ role: "browser" });
    await alice.push({ status: "suspended" });
    await phone.nc.closed();
    // nats-server says what there is none of, and hangs up; which of it the client meets first varies.
    await expect(alice.device({ role: "owner" })).rejects.toThrow(/maximum|EPIPE|ECONNRESET|closed/i);
    await alice.push({ status: "open" });
    await expect(alice.device({ role: "owner" })).resolves.toBeDefined();
  });

  test("that is closed offers and reads nothing any more", async () => {
    const [alice, bob] = [await person({ exports: [{ catalog: photos, revocations: {} }] }), await person()];
    const grant = signGrant(alice.key, { recipient: bob.account, catalog: photos, issuedAt: begin });
    await bob.push({ imports: [{ owner: alice.account, catalog: photos, grant }] });
    const page = await bob.device({ role: "browser" });
    const serving = await alice.device({ role: "server" });
    await serving.answer("files.>", () => "file");
    const asked = `${sharedSubject(alice.account, photos).slice(0, -1)}open`;
    expect(await page.ask(asked)).toBe("file");
    await alice.push({ status: "closed" });
    await vi.waitFor(async () => expect(await page.ask(asked)).toBe("no responders"), 20_000);
  });

  test("drops a device that is revoked, keeps the others, and takes the device back with a newer JWT", async () => {
    const alice = await person();
    const [lost, kept] = [await alice.device({ role: "browser" }), await alice.device({ role: "browser" })];
    await alice.push({ userRevocations: { [lost.user]: begin } });
    await lost.nc.closed();
    expect(kept.nc.isClosed()).toBe(false);
    const again = { user: lost.user, name: "again", role: "browser", issuedAt: begin } as const;
    const { key } = lost.creds;
    await expect(client({ jwt: userJwt(alice.key, again), key })).rejects.toThrow(/Authorization/);
    await expect(client({ jwt: userJwt(alice.key, { ...again, issuedAt: begin + 1 }), key })).resolves.toBeDefined();
  });

  test("has devices by its own key alone, also where the operator is strict about signing keys", async () => {
    const alice = await person();
    await expect(alice.device({ role: "owner" })).resolves.toBeDefined();
    const key = createKey("user");
    const indirect = newcomerUser({ account: alice.account, seed: createKey("account").seed() }, key.public, begin);
    await expect(client({ jwt: indirect, key })).rejects.toThrow(/Authorization/);
  });

  test("is what the operator's signing keys say, in use or in reserve, and not what the operator key itself says", async () => {
    const state = (await person()).state();
    const signed = (seed: string) => push(accountJwt(state, { ...context, signer: keyFromSeed(seed, "operator") }));
    await expect(signed(operator.offline.operator)).rejects.toThrow(/signing key/);
    await expect(signed(operator.offline.reserve)).resolves.toBeUndefined();
    await expect(signed(operator.signingKey)).resolves.toBeUndefined();
  });

  test("that a stranger signed is stored by nats-server, and lets nobody in", async () => {
    const stranger = await person({}, createKey("operator"));
    await expect(stranger.device({ role: "owner" })).rejects.toThrow(/Authorization/);
    await stranger.push({});
    await expect(stranger.device({ role: "owner" })).resolves.toBeDefined();
  });
});

/** A connection, what nats-server denied it, and the two things that tests do with it. */
interface Client {
  readonly nc: NatsConnection;
  readonly creds: Creds;
  readonly user: Creds["key"]["public"];
  readonly denied: string[];
  /** Everything denied so far, once nats-server has looked at all that was sent. */
  denials(): Promise<string[]>;
  /** The text of the reply, or how there was none. */
  ask(subject: string, payload?: string): Promise<string>;
  answer(subject: string, reply: (subject: string, info?: { acc?: string; user?: string }) => string): Promise<void>;
}

async function client(creds: Creds): Promise<Client> {
  const user = creds.key.public;
  const nc = await connect({
    servers: server.url,
    authenticator: authenticator(creds),
    inboxPrefix: inboxPrefix(user),
    reconnect: false,
  });
  opened.push(nc);
  const denied: string[] = [];
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type === "error" && status.error instanceof PermissionViolationError) {
        denied.push(`${status.error.operation} ${status.error.subject}`);
      }
    }
  })();
  return {
    nc,
    creds,
    user,
    denied,
    async denials() {
      await nc.flush();
      // The client hands its notices over in turns of their own.
      await setTimeout(50);
      return denied;
    },
    async ask(subject, payload) {
      try {
        return (await nc.request(subject, payload, { timeout: 2000 })).string();
      } catch (error) {
        if (error instanceof RequestError && error.isNoResponders()) return "no responders";
        if (error instanceof PermissionViolationError || (error as Error).cause instanceof PermissionViolationError)
          return "denied";
        if (denied.includes(`publish ${subject}`)) return "denied";
        return `no reply: ${String(error)}`;
      }
    },
    async answer(subject, reply) {
      nc.subscribe(subject, {
        callback: (_, message) => {
          const info = message.headers?.get("Nats-Request-Info");
          message.respond(reply(message.subject, info ? JSON.parse(info) : undefined));
        },
      });
      await nc.flush();
    },
  };
}

/** A service's client in the account of its own. */
const reaching = (name: StreamsService) => client(parseCreds(operator.creds[`${name}-streams`]));

/** A service's client in the platform's account, and what its creds allow. */
async function service(name: PlatformService) {
  const creds = parseCreds(operator.creds[name]);
  const connected = await client(creds);
  const { pub, sub } = JSON.parse(atob(creds.jwt.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? "")).nats;
  const permissions = { pub: (pub.allow ?? []) as string[], sub: (sub.allow ?? []) as string[] };
  return { ...connected, permissions };
}

/** Makes a person whom nats-server knows. */
async function person(changes: Partial<AccountState> = {}, by = signer) {
  const key = createKey("account");
  let state: AccountState = {
    account: key.public,
    status: "open",
    administrator: false,
    exports: [],
    imports: [],
    userRevocations: {},
    ...changes,
  };
  let issuedAt = begin;
  await push(accountJwt(state, { ...context, signer: by }));
  return {
    key,
    account: key.public,
    state: () => state,
    async push(next: Partial<AccountState>) {
      state = { ...state, ...next };
      issuedAt += 1;
      await push(accountJwt(state, { ...context, issuedAt }));
    },
    async device(may: Pick<Extract<UserRequest, { role: unknown }>, "role" | "maySign" | "administrator">) {
      const user = createKey("user");
      const jwt = userJwt(key, { user: user.public, name: "device", issuedAt: begin, ...may });
      return client({ jwt, key: user });
    },
  };
}

/** Tells nats-server about an account. */
async function push(jwt: string): Promise<void> {
  const reply = await pusher.nc.request("$SYS.REQ.CLAIMS.UPDATE", jwt, { timeout: 5000 });
  const { error } = reply.json<{ error?: { description: string } }>();
  if (error) throw new Error(error.description);
}

/** The log, its durables and the buckets, made by the user that is there for it. */
async function makeStreams(): Promise<void> {
  const bootstrap = await client(parseCreds(operator.creds.bootstrap));
  const create = async (subject: string, config: object) => {
    const reply = await bootstrap.ask(subject, JSON.stringify(config));
    if (!reply.includes(`"config"`)) throw new Error(`${subject}: ${reply}`);
  };
  const stream = (name: string, subjects: string[]) =>
    create(`$JS.API.STREAM.CREATE.${name}`, {
      name,
      subjects,
      storage: "memory",
      allow_direct: true,
      max_msgs_per_subject: -1,
    });
  await stream(eventStream, ["events.>"]);
  for (const { bucket } of [...projectionSides, ...volatileBuckets])
    await stream(`KV_${bucket.name}`, [`$KV.${bucket.name}.>`]);
  for (const { durable } of projectionSides) {
    await create(`$JS.API.CONSUMER.DURABLE.CREATE.${eventStream}.${durable.name}`, {
      stream_name: eventStream,
      config: {
        durable_name: durable.name,
        ack_policy: "explicit",
        filter_subjects: durable.from.map(({ subject }) => `${subject}.>`),
      },
    });
  }
}

/** What stands after `natster.` in the subjects of a service. */
const subjectGroup = (name: PlatformService): string => (name === "projector" ? "library" : name);

/** A subject that a pattern covers. */
const example = (pattern: string): string => pattern.replaceAll("*", "x").replaceAll(">", "x");
