/** Somebody with an account of their own, who has every permission in it, against people and the platform. */
import { eventStream } from "@natster/contracts/platform";
import { createDevice, publish } from "@natster/person";
import { createKey, parseCreds, signRegistration, userJwt } from "@natster/trust";
import { jetstreamManager } from "@nats-io/jetstream";
import { headers } from "@nats-io/nats-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { attack, until } from "./attack.fixture.ts";
import { knock, type Raw } from "./raw.fixture.ts";
import { rewritten } from "./jwt.fixture.ts";
import { grantFor, now, openScene, photos, type Scene } from "./scene.fixture.ts";

let scene: Scene;
let mallory: Raw;
let alice: Raw;
let administrator: Raw;
beforeAll(async () => {
  scene = await openScene();
  mallory = await scene.device(scene.bob);
  alice = await scene.device(scene.alice);
  administrator = await scene.device(scene.system.administrator, { administrator: true });
});
afterAll(() => scene?.[Symbol.asyncDispose]());

const whoami = "natster.library.whoami";
const asksWho = async (who: Raw, info = "") => {
  const said = headers();
  if (info) said.set("Nats-Request-Info", info);
  const message = await who.connection.request(whoami, "", { timeout: 5_000, headers: said });
  return message.json<{ account: string }>().account;
};
const aDevice = () => parseCreds(createDevice(scene.alice.key, { name: "phone", role: "owner" }));
const url = () => scene.system.platform.nats.url;
const preloaded = () => Object.values(scene.system.platform.installation.preload)[0];

describe("pretends to be somebody else", () => {
  attack("by typing their account before the subject", {
    attack: () => mallory.ask(`${scene.alice.account}.${whoami}`),
    fails: "no responders",
    twin: () => mallory.ask(whoami),
    works: "answered",
  });
  attack("by writing their account and device into Nats-Request-Info", {
    attack: async () => {
      const forged = JSON.stringify({ acc: scene.alice.account, user: scene.alice.user });
      return (await asksWho(mallory, forged)) === scene.bob.account;
    },
    fails: true,
    twin: async () => (await asksWho(alice)) === scene.alice.account,
    works: true,
  });
  attack("by naming their account as the issuer of a device of one's own", {
    attack: async () => {
      const key = createKey("user");
      const jwt = userJwt(scene.bob.key, { user: key.public, name: "device", role: "owner", issuedAt: now() });
      return knock(url(), { jwt: rewritten(jwt, { iss: scene.alice.account }), key });
    },
    fails: "turned away",
    twin: async () => {
      const key = createKey("user");
      const request = { user: key.public, name: "device", role: "owner", issuedAt: now() } as const;
      return knock(url(), { jwt: userJwt(scene.alice.key, request), key });
    },
    works: "let in",
  });
  attack("with the JWT of their device and a key of one's own", {
    attack: () => knock(url(), { ...aDevice(), key: createKey("user") }),
    fails: "turned away",
    twin: () => knock(url(), aDevice()),
    works: "let in",
  });
});

describe("writes what is not theirs to write", () => {
  attack("publishes an event", {
    attack: () => mallory.ask(`events.account.${scene.bob.account}.registered`, {}),
    fails: "no responders",
    twin: () => mallory.ask("natster.accounts.rename", { handle: "bobby" }),
    works: "answered",
  });
  attack("publishes a row of a bucket", {
    attack: () => mallory.ask(`$KV.people_a.${scene.bob.account}`, "{}"),
    fails: "no responders",
    twin: () => mallory.ask("natster.library.mine", {}),
    works: "answered",
  });
  attack("publishes on somebody's feed", {
    attack: async () => {
      const heard = await alice.hear("feed.>");
      await mallory.say(`feed.${scene.alice.account}.share`, "{}");
      await mallory.say("feed.share", "{}");
      // What is heard later tells that this was not.
      await scene.alice.catalog.describe({ catalog: photos, description: "after the attack" });
      await until(
        () => heard,
        (heard) => heard.includes("feed.catalog"),
      );
      return heard.includes("feed.share");
    },
    fails: false,
    twin: async () => {
      const heard = await alice.hear("feed.>");
      await scene.alice.catalog.share({ catalog: photos, grant: grantFor(scene.alice, scene.bob) });
      await until(
        () => heard,
        (heard) => heard.includes("feed.share"),
      );
      return heard.includes("feed.share");
    },
    works: true,
  });
  attack("says that somebody else's catalog is served", {
    attack: () => mallory.ask("natster.presence.beat", { catalog: photos, instance: "instance1", revision: 1 }),
    fails: "refused 404 catalog_unknown",
    twin: () => alice.ask("natster.presence.beat", { catalog: photos, instance: "instance1", revision: 1 }),
    works: "answered",
  });
  attack("replies into the inbox of somebody else's device", {
    attack: async () => {
      const heard = await alice.hear(`_INBOX.${alice.user}.forged`);
      await mallory.say(`_INBOX.${alice.user}.forged`, "forged");
      await alice.ask(whoami);
      return heard;
    },
    fails: [],
    twin: async () => {
      const heard = await alice.hear(`_INBOX.${alice.user}.own`);
      await alice.say(`_INBOX.${alice.user}.own`, "own");
      return heard;
    },
    works: [expect.any(String)],
  });
  attack("tells nats-server about an account, without the system account", {
    attack: () => mallory.ask("$SYS.REQ.CLAIMS.UPDATE", preloaded()),
    fails: "no responders",
    twin: async () => (await scene.thief("accounts-streams")).ask("$SYS.REQ.CLAIMS.UPDATE", preloaded()),
    works: "answered",
  });
  attack("names JetStream's acknowledgements as the reply subject", {
    attack: () => mallory.say(whoami, "", { reply: "$JS.ACK.EVENTS.people_a.1.1.1.1.1" }),
    fails: "denied",
    twin: () => mallory.say(whoami, "", { reply: `_INBOX.${mallory.user}.x` }),
    works: "sent",
  });
  attack("names an event as the reply subject of a request", {
    attack: async () => {
      const before = await scene.last();
      await mallory.say(whoami, "", { reply: `events.account.${scene.bob.account}.closed` });
      await mallory.ask(whoami);
      return (await scene.last()) - before;
    },
    fails: 0,
    twin: async () => {
      const before = await scene.last();
      await mallory.ask("natster.catalog.create", { catalog: "mine" });
      return (await scene.last()) - before;
    },
    works: 1,
  });
});

describe("looks where it is not theirs to look", () => {
  attack("listens to somebody else's feed", {
    attack: async () => {
      const heard = await mallory.hear(`feed.${scene.alice.account}.>`);
      const own = await alice.hear("feed.>");
      await scene.alice.catalog.describe({ catalog: photos, description: "news" });
      await until(
        () => own,
        (heard) => heard.includes("feed.catalog"),
      );
      return heard;
    },
    fails: [],
    twin: async () => {
      const heard = await mallory.hear("feed.>");
      await mallory.ask("natster.accounts.rename", { handle: "robert" });
      await until(
        () => heard,
        (heard) => heard.includes("feed.account"),
      );
      return heard !== "denied";
    },
    works: true,
  });
  attack("listens to everything", {
    attack: async () => {
      await using ear = await scene.device(scene.bob);
      const heard = await ear.hear(">");
      await alice.ask(whoami);
      await alice.ask("natster.catalog.describe", { catalog: photos, description: "unheard" });
      await scene.device(scene.carol).then((device) => device.ask(scene.shared));
      await ear.ask(whoami);
      return heard === "denied" ? heard : heard.filter((subject) => !subject.startsWith(`_INBOX.${ear.user}`));
    },
    // What its own account says it hears: that is its own request.
    fails: [whoami],
    twin: async () => (await scene.insider("platform")).hear(">"),
    works: expect.any(Array),
  });
  attack("asks JetStream for the log", {
    attack: async () => JSON.parse(await mallory.read("$JS.API.STREAM.INFO.EVENTS")),
    fails: expect.objectContaining({ error: expect.objectContaining({ err_code: 10039 }) }),
    twin: async () => JSON.parse(await (await scene.insider("streams")).read("$JS.API.STREAM.INFO.EVENTS")),
    works: expect.objectContaining({ state: expect.anything() }),
  });
  attack("asks for the log by the name under which services do", {
    attack: () => mallory.ask("streams.DIRECT.GET.EVENTS", { seq: 1 }),
    fails: "no responders",
    twin: async () => (await scene.thief("projector-streams")).ask("streams.DIRECT.GET.EVENTS", { seq: 1 }),
    works: "answered",
  });
  attack("asks nats-server what it was told of somebody", {
    attack: () => mallory.ask(`$SYS.REQ.ACCOUNT.${scene.alice.account}.CLAIMS.LOOKUP`),
    fails: "no responders",
    twin: () => mallory.ask("$SYS.REQ.USER.INFO"),
    works: "answered",
  });
  attack("asks for the services as only administrators may", {
    attack: () => mallory.ask("$SRV.PING"),
    fails: "no responders",
    twin: () => administrator.ask("$SRV.PING"),
    works: "answered",
  });
  attack("reads a catalog that was shared with somebody else", {
    attack: async () => (await scene.device(scene.system.administrator)).ask(scene.shared),
    fails: "no responders",
    twin: async () => (await scene.device(scene.carol)).ask(scene.shared),
    works: "answered",
  });
});

describe("decides what is not theirs to decide", () => {
  attack("operates the platform", {
    attack: () => mallory.ask("natster.ops.accounts.suspend", { account: scene.alice.account }),
    fails: "refused 403 not_administrator",
    twin: () => administrator.ask("natster.ops.accounts.limit", { account: scene.bob.account, limits: { subs: 500 } }),
    works: "answered",
  });
  attack("takes back a share of somebody else's catalog", {
    attack: () => mallory.ask("natster.catalog.unshare", { catalog: photos, recipient: scene.carol.account }),
    fails: "refused 404 share_unknown",
    twin: () => alice.ask("natster.catalog.unshare", { catalog: photos, recipient: scene.bob.account }),
    works: "answered",
  });
  attack("accepts what was offered to somebody else", {
    attack: async () => {
      const dave = await scene.device(await scene.system.person("dave"));
      return dave.ask("natster.catalog.import", { owner: scene.alice.account, catalog: photos });
    },
    fails: "refused 404 share_unknown",
    twin: async () =>
      (await scene.device(scene.carol)).ask("natster.catalog.import", { owner: scene.alice.account, catalog: photos }),
    works: "answered",
  });
  attack("revokes somebody else's device", {
    attack: async () => {
      await mallory.ask("natster.accounts.revoke", { user: alice.user });
      return alice.ask(whoami);
    },
    fails: "answered",
    twin: async () => {
      const phone = await scene.device(scene.alice);
      await alice.ask("natster.accounts.revoke", { user: phone.user });
      await phone.connection.closed();
      return phone.connection.isClosed();
    },
    works: true,
  });
  attack("registers an account whose key is somebody else's", {
    attack: async () => {
      const [key, victim] = [createKey("account"), createKey("account")];
      const claims = rewritten(signRegistration(key, {}, now()), { sub: victim.public });
      return (await scene.newcomer()).ask("natster.accounts.register", { claims });
    },
    fails: "refused 422 claims_invalid",
    twin: async () => {
      const claims = signRegistration(createKey("account"), {}, now());
      return (await scene.newcomer()).ask("natster.accounts.register", { claims });
    },
    works: "answered",
  });
  attack("takes a handle that somebody has", {
    attack: () => mallory.ask("natster.accounts.rename", { handle: "alice" }),
    fails: "refused 409 handle_taken",
    twin: () => mallory.ask("natster.accounts.rename", { handle: "mallory" }),
    works: "answered",
  });
});

describe("sends what nobody should send", () => {
  const bad = ["a.b", "*", ">", "a b", "a\r\nPUB x 0\r\n", "a\u0000b", "", "../etc", "a".repeat(65), "Ä", "Photos"];
  for (const name of bad) {
    attack(`names a catalog ${JSON.stringify(name.length > 20 ? `${name.length} letters` : name)}`, {
      attack: () => mallory.ask("natster.catalog.create", { catalog: name }),
      fails: "refused 400 invalid_request",
      twin: () => mallory.ask("natster.catalog.create", { catalog: `good-${bad.indexOf(name)}` }),
      works: "answered",
    });
  }
  attack("breaks a line in a description, to write a header or a log line", {
    attack: () =>
      mallory.ask("natster.catalog.create", { catalog: "lines", description: "a\r\nNats-Service-Error: forged" }),
    fails: "refused 400 invalid_request",
    twin: () => mallory.ask("natster.catalog.create", { catalog: "lines", description: "one line" }),
    works: "answered",
  });
  attack("sends more than an endpoint reads", {
    attack: () => mallory.ask("natster.catalog.create", { catalog: "big", description: "x".repeat(70_000) }),
    fails: "refused 413 request_too_large",
    twin: () => mallory.ask("natster.catalog.create", { catalog: "big", description: "x".repeat(200) }),
    works: "answered",
  });
  attack("floods a service with nonsense, so that it has no time for others", {
    attack: async () => {
      const outcomes = new Set<string>();
      for (let wave = 0; wave < 20; wave++) {
        const asked = Array.from({ length: 100 }, () => mallory.ask("natster.catalog.create", "nonsense"));
        for (const outcome of await Promise.all([...asked, alice.ask(whoami)])) outcomes.add(outcome);
      }
      return outcomes;
    },
    fails: new Set(["refused 400 invalid_request", "answered"]),
    twin: () => alice.ask("natster.catalog.describe", { catalog: photos, description: "still here" }),
    works: "answered",
  });
});

// These come last: nothing of what there is beside them can be made in such a log any more.
describe("has ever more recorded, in a log that is nine tenths full", () => {
  beforeAll(async () => {
    await publish(scene.alice, scene.alice.key, { catalog: photos });
    const operator = (await scene.insider("streams")).connection;
    // Nobody reads of a projection that there is not.
    for (let time = 0; time < 20; time++) {
      await operator.request("events.projection.nobody.nothing.retried", "x".repeat(60_000));
    }
    const manager = await jetstreamManager(operator);
    const { config, state } = await manager.streams.info(eventStream);
    await manager.streams.update(eventStream, { ...config, max_bytes: Math.ceil(state.bytes / 0.905) });
  });
  const refusedAtLast = (ask: () => Promise<string>) => until(ask, (said) => said.startsWith("refused"));

  attack("accepts and gives up what is public, in turns", {
    attack: () => {
      const it = { owner: scene.alice.account, catalog: photos };
      return refusedAtLast(async () => {
        const said = await mallory.ask("natster.catalog.import", it);
        await mallory.ask("natster.catalog.drop", it);
        return said;
      });
    },
    fails: "refused 507 log_full",
    twin: () => alice.ask("natster.catalog.unshare", { catalog: photos, recipient: scene.carol.account }),
    works: "answered",
  });
  attack("revokes one key again and again", {
    attack: () => {
      const { public: user } = createKey("user");
      return refusedAtLast(() => mallory.ask("natster.accounts.revoke", { user }));
    },
    fails: "refused 507 log_full",
    twin: async () => alice.ask("natster.accounts.revoke", { user: (await scene.device(scene.alice)).user }),
    works: "answered",
  });
});
