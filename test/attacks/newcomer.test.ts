/** Somebody without an account: whoever reads the published page can come through the lobby. */
import { createKey, keyFromSeed, newcomerUser, signRegistration } from "@natster/trust";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { attack } from "./attack.fixture.ts";
import { resigned } from "./jwt.fixture.ts";
import { knock, type Raw } from "./raw.fixture.ts";
import { now, openScene, photos, type Scene } from "./scene.fixture.ts";

let scene: Scene;
let newcomer: Raw;
let alice: Raw;
beforeAll(async () => {
  scene = await openScene();
  newcomer = await scene.newcomer();
  alice = await scene.device(scene.alice);
});
afterAll(() => scene?.[Symbol.asyncDispose]());

const applied = () => newcomer.ask("natster.accounts.applied", { account: scene.alice.account, after: 1 });
const lobby = () => scene.system.platform.installation.lobby;
const url = () => scene.system.platform.nats.url;

describe("a newcomer", () => {
  attack("asks what only people with an account may", {
    attack: () => newcomer.ask("natster.library.person", { handle: "alice" }),
    fails: "denied",
    twin: () => alice.ask("natster.library.person", { handle: "alice" }),
    works: "answered",
  });
  attack("asks what is open to newcomers in the name of an account", {
    attack: () => newcomer.ask(`${scene.alice.account}.natster.accounts.applied`, {}),
    fails: "denied",
    twin: applied,
    works: "answered",
  });
  attack("asks for the services", {
    attack: () => newcomer.ask("$SRV.PING"),
    fails: "denied",
    twin: applied,
    works: "answered",
  });
  attack("reads a catalog", {
    attack: () => newcomer.ask(scene.shared),
    fails: "denied",
    twin: async () => (await scene.device(scene.carol)).ask(scene.shared),
    works: "answered",
  });
  attack("tells nats-server about an account", {
    attack: () => newcomer.ask("$SYS.REQ.CLAIMS.UPDATE", "jwt"),
    fails: "denied",
    twin: applied,
    works: "answered",
  });
  attack("listens to the replies of other newcomers", {
    attack: async () => newcomer.hear(`_INBOX.${(await scene.newcomer()).user}.>`),
    fails: "denied",
    twin: () => newcomer.hear(`_INBOX.${newcomer.user}.>`),
    works: expect.any(Array),
  });
  attack("listens to everything that newcomers ask", {
    attack: () => newcomer.hear("natster.>"),
    fails: "denied",
    twin: async () => (await scene.thief("accounts")).hear("*.natster.accounts.register"),
    works: [],
  });
  attack("has their JWT give them permissions", {
    attack: async () => {
      const key = createKey("user");
      const jwt = newcomerUser(lobby(), key.public, now());
      const nats = { pub: { allow: [">"] }, sub: { allow: [">"] } };
      return knock(url(), { jwt: resigned(jwt, keyFromSeed(lobby().seed, "account"), { nats }), key });
    },
    fails: "turned away",
    twin: async () => {
      const key = createKey("user");
      const jwt = newcomerUser(lobby(), key.public, now());
      return knock(url(), { jwt: resigned(jwt, keyFromSeed(lobby().seed, "account"), {}), key });
    },
    works: "let in",
  });
  attack("makes a key for the lobby that was not published", {
    attack: () => {
      const key = createKey("user");
      return knock(url(), {
        jwt: newcomerUser({ ...lobby(), seed: createKey("account").seed() }, key.public, now()),
        key,
      });
    },
    fails: "turned away",
    twin: () => {
      const key = createKey("user");
      return knock(url(), { jwt: newcomerUser(lobby(), key.public, now()), key });
    },
    works: "let in",
  });
  attack("signs a user of the platform with the lobby's key", {
    attack: () => {
      const key = createKey("user");
      const account = scene.system.platform.installation.platform;
      return knock(url(), { jwt: newcomerUser({ ...lobby(), account }, key.public, now()), key });
    },
    fails: "turned away",
    twin: () => {
      const key = createKey("user");
      return knock(url(), { jwt: newcomerUser(lobby(), key.public, now()), key });
    },
    works: "let in",
  });
  attack("becomes an administrator by registering", {
    attack: async () => {
      const account = createKey("account");
      await newcomer.ask("natster.accounts.register", { claims: signRegistration(account, {}, now()) });
      const somebody = await scene.system.person("somebody");
      const device = await scene.device(somebody, { administrator: true });
      return [await device.ask("$SRV.PING"), await device.ask("natster.ops.projector.status")];
    },
    fails: ["no responders", "refused 403 not_administrator"],
    twin: async () => {
      const device = await scene.device(scene.system.administrator, { administrator: true });
      return [await device.ask("$SRV.PING"), await device.ask("natster.ops.projector.status")];
    },
    works: ["answered", "answered"],
  });
  attack("registers with claims of long ago, which somebody has kept", {
    attack: () =>
      newcomer.ask("natster.accounts.register", {
        claims: signRegistration(createKey("account"), {}, now() - 3_600),
      }),
    fails: "refused 422 claims_invalid",
    twin: () =>
      newcomer.ask("natster.accounts.register", { claims: signRegistration(createKey("account"), {}, now()) }),
    works: "answered",
  });
  attack("sends more than the lobby lets through", {
    attack: async () => {
      const large = await scene.newcomer();
      // The library would not even send it.
      Object.assign(large.connection.info ?? {}, { max_payload: 2 ** 20 });
      large.connection.publish("natster.accounts.register", "x".repeat(70_000));
      await large.connection.closed();
      return large.connection.isClosed();
    },
    fails: true,
    twin: async () => {
      await applied();
      await scene.alice.catalog.describe({ catalog: photos, description: "untouched" });
      return newcomer.connection.isClosed();
    },
    works: false,
  });
});
