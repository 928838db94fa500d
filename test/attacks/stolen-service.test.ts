/** Whoever stole the creds of a service: both the platform's, with which it answers, and its own, which reach the streams. */
import { sideOf } from "@natster/contracts";
import { access } from "@natster/contracts/accounts";
import { shareEvents } from "@natster/contracts/catalog";
import { setTimer } from "@natster/micro/timers";
import { notices } from "@natster/person";
import { headers } from "@nats-io/nats-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { attack, until } from "./attack.fixture.ts";
import type { Raw } from "./raw.fixture.ts";
import { openScene, photos, type Scene } from "./scene.fixture.ts";

let scene: Scene;
let alice: Raw;
/** The creds of `catalog`, and the operator's own eyes on the streams. */
let front: Raw;
let back: Raw;
let operator: Raw;
beforeAll(async () => {
  scene = await openScene();
  alice = await scene.device(scene.alice);
  front = await scene.thief("catalog");
  back = await scene.thief("catalog-streams");
  operator = await scene.insider("streams");
});
afterAll(() => scene?.[Symbol.asyncDispose]());

const event = () => `events.catalog.${scene.alice.account}.${photos}.created`;
const last = { last_by_subj: "events.catalog.>" };
/** How many events somebody adds by doing something, once the thief's later request is answered. */
const added = async (doing: () => Promise<unknown>) => {
  const before = await scene.last();
  await doing();
  await back.ask("streams.DIRECT.GET.EVENTS", last);
  return (await scene.last()) - before;
};

describe("has JetStream's answer delivered", () => {
  attack("as a person's command", {
    attack: () =>
      added(async () => {
        const reply = `${scene.alice.account}.natster.catalog.retire`;
        await back.say("streams.DIRECT.GET.EVENTS", last, { reply });
        await back.say("streams.STREAM.MSG.GET.EVENTS", last, { reply });
      }),
    fails: 0,
    twin: () =>
      added(async () => {
        await alice.ask("natster.catalog.create", { catalog: "old" });
        await alice.ask("natster.catalog.retire", { catalog: "old" });
      }),
    works: 2,
  });
  attack("as another service's event", {
    attack: () =>
      added(() => back.say("streams.DIRECT.GET.EVENTS", last, { reply: `events.account.${scene.bob.account}.closed` })),
    fails: 0,
    twin: () => added(() => alice.ask("natster.accounts.rename", { handle: "alicia" })),
    works: 3,
  });
  attack("as another service's row", {
    attack: async () => {
      const bucket = sideOf(access, "a").name;
      await back.say("streams.DIRECT.GET.EVENTS", last, { reply: `$KV.${bucket}.account.${scene.bob.account}` });
      await back.ask("streams.DIRECT.GET.EVENTS", last);
      return JSON.parse(
        await operator.read(`$JS.API.DIRECT.GET.KV_${bucket}.$KV.${bucket}.account.${scene.bob.account}`),
      );
    },
    fails: expect.objectContaining({ row: { kind: "account", status: "open", handle: "bob" } }),
    twin: () => alice.ask("natster.library.mine", {}),
    works: "answered",
  });
  attack("as a call that empties or removes a stream", {
    attack: async () => {
      for (const call of ["PURGE", "DELETE"]) {
        for (const api of ["streams", "$JS.API"])
          await back.say("streams.DIRECT.GET.EVENTS", last, { reply: `${api}.STREAM.${call}.EVENTS` });
      }
      return back.ask("streams.STREAM.INFO.EVENTS");
    },
    fails: "answered",
    twin: () => operator.ask("$JS.API.STREAM.INFO.EVENTS"),
    works: "answered",
  });
  attack("as an acknowledgement of another service's durable", {
    attack: () => back.say("streams.DIRECT.GET.EVENTS", last, { reply: "$JS.ACK.EVENTS.access_a.1.1.1.1.1" }),
    fails: "denied",
    twin: () => back.say("streams.DIRECT.GET.EVENTS", last, { reply: `_INBOX.${back.user}.x` }),
    works: "sent",
  });
  attack("on a person's feed", {
    attack: async () => {
      const heard = await alice.hear("feed.>");
      await back.say("streams.DIRECT.GET.EVENTS", last, { reply: `feed.${scene.alice.account}.forged` });
      await alice.ask("natster.catalog.describe", { catalog: photos, description: "later" });
      await until(
        () => heard,
        (heard) => heard.includes("feed.catalog"),
      );
      return heard.includes("feed.forged");
    },
    fails: false,
    twin: async () => {
      const heard = await alice.hear("feed.>");
      await (await scene.thief("projector")).say(`feed.${scene.alice.account}.share`, "{}");
      await until(
        () => heard,
        (heard) => heard.includes("feed.share"),
      );
      return heard.includes("feed.share");
    },
    works: true,
  });
});

describe("reaches further than its service", () => {
  attack("appends another service's event", {
    attack: () => back.ask(`events.account.${scene.bob.account}.closed`, {}),
    fails: "no responders",
    twin: () => added(() => alice.ask("natster.catalog.create", { catalog: "another" })),
    works: 1,
  });
  attack("writes another service's row", {
    attack: () => back.ask(`$KV.access_a.account.${scene.bob.account}`, {}),
    fails: "no responders",
    twin: async () => (await scene.thief("accounts-streams")).ask("streams.STREAM.INFO.KV_access_a"),
    works: "answered",
  });
  attack("reads the open codes", {
    attack: () => back.ask("streams.DIRECT.GET.KV_open_codes", { last_by_subj: "$KV.open_codes.>" }),
    fails: "no responders",
    twin: async () => (await scene.thief("codes-streams")).ask("streams.STREAM.INFO.KV_open_codes"),
    works: "answered",
  });
  attack("takes what another service's durable delivers", {
    attack: () => back.ask("streams.CONSUMER.MSG.NEXT.EVENTS.enrolments", { batch: 1, no_wait: true }),
    fails: "no responders",
    twin: () => back.ask("streams.CONSUMER.INFO.EVENTS.grants"),
    works: "answered",
  });
  attack("makes a consumer that delivers wherever it likes", {
    attack: async () => {
      const config = { deliver_subject: `${scene.alice.account}.natster.catalog.retire`, ack_policy: "none" };
      const body = { stream_name: "EVENTS", config };
      const here = JSON.parse(await back.read("$JS.API.CONSUMER.CREATE.EVENTS", body)) as { error?: object };
      return [await back.ask("streams.CONSUMER.CREATE.EVENTS", body), here.error];
    },
    fails: ["no responders", expect.objectContaining({ err_code: 10039 })],
    twin: async () => {
      const body = { stream_name: "EVENTS", config: { ack_policy: "explicit", inactive_threshold: 1_000_000_000 } };
      return (await scene.thief("bootstrap")).ask("$JS.API.CONSUMER.CREATE.EVENTS", body);
    },
    works: "answered",
  });
  attack("removes the log", {
    attack: () => back.ask("streams.STREAM.DELETE.EVENTS"),
    fails: "no responders",
    twin: () => back.ask("streams.STREAM.INFO.EVENTS"),
    works: "answered",
  });
  attack("rewrites the log by a roll-up", {
    attack: async () => {
      const before = await count();
      await back.ask(event(), {}, { "Nats-Rollup": "all" });
      return (await count()) >= before;
    },
    fails: true,
    twin: () => back.ask("streams.STREAM.INFO.EVENTS"),
    works: "answered",
  });
  attack("sets a timer that becomes another service's event", {
    attack: async () => {
      const schedule = {
        "Nats-Schedule": "@at 2026-01-01T00:00:00Z",
        "Nats-Schedule-Target": `events.account.${scene.bob.account}.closed`,
      };
      const subject = `timers.set.share.${scene.alice.account}.${photos}.${scene.bob.account}`;
      const message = JSON.parse((await request(back, subject, schedule)) || "{}") as { error?: { err_code: number } };
      return message.error?.err_code;
    },
    fails: 10190,
    twin: async () => {
      const id = { owner: scene.alice.account, catalog: photos, recipient: scene.carol.account };
      await setTimer(back.connection, shareEvents, id, new Date(Date.now() + 3_600_000));
      return "set";
    },
    works: "set",
  });
  attack("tells nats-server about an account", {
    attack: () => back.ask("$SYS.REQ.CLAIMS.UPDATE", "jwt"),
    fails: "no responders",
    twin: async () =>
      (await scene.thief("accounts-streams")).ask(`$SYS.REQ.ACCOUNT.${scene.bob.account}.CLAIMS.LOOKUP`),
    works: "answered",
  });
});

/** The first wrong try of a code that Alice's device hears of, when this is said on her feed. */
const heardOf = async (...said: readonly unknown[]) => {
  const tried = async () => {
    for await (const notice of notices(scene.alice)) if (notice.kind === "tries") return notice;
    return undefined;
  };
  const heard = tried();
  await scene.alice.connection.flush();
  const codes = await scene.thief("codes");
  for (const each of said) await codes.say(`feed.${scene.alice.account}.tries`, each);
  return heard;
};

describe("speaks in the platform's account", () => {
  const notice = { kind: "tries", code: "S0000000", count: 1 };
  attack("what is no notice, so that a device hears none any more", {
    attack: () => heardOf("no JSON", "", {}, notice),
    fails: notice,
    twin: () => heardOf({ ...notice, more: "than this release knows" }),
    works: notice,
  });
  attack("a person's command", {
    attack: () => front.say(`${scene.alice.account}.natster.catalog.retire`, { catalog: photos }),
    fails: "denied",
    twin: () => alice.ask("natster.catalog.describe", { catalog: photos, description: "mine" }),
    works: "answered",
  });
  attack("an event", {
    attack: () => front.say(event(), {}),
    fails: "denied",
    twin: () => added(() => alice.ask("natster.catalog.create", { catalog: "third" })),
    works: 1,
  });
  attack("a notice on a person's feed", {
    attack: () => front.say(`feed.${scene.alice.account}.share`, "{}"),
    fails: "denied",
    twin: async () => (await scene.thief("projector")).say(`feed.${scene.alice.account}.share`, "{}"),
    works: "sent",
  });
  attack("for another service, by answering what that is asked", {
    attack: () => front.hear("*.natster.accounts.>"),
    fails: "denied",
    twin: () => front.hear("*.natster.catalog.retire"),
    works: [],
  });
  attack("after listening to the replies of others", {
    attack: async () => [await front.hear("_INBOX.>"), await front.hear(">"), await front.hear("_R_.>")],
    fails: ["denied", "denied", "denied"],
    twin: () => front.hear(`_INBOX.${front.user}.>`),
    works: [],
  });
});

async function count(): Promise<number> {
  const info: { state: { messages: number } } = JSON.parse(await operator.read("$JS.API.STREAM.INFO.EVENTS"));
  return info.state.messages;
}

async function request(who: Raw, subject: string, said: Record<string, string>): Promise<string> {
  const named = headers();
  for (const [name, value] of Object.entries(said)) named.set(name, value);
  return (await who.connection.request(subject, "", { timeout: 5_000, headers: named })).string();
}
