/** A device of one's own account that has turned against it, or was lost: it has what its JWT gives it, and no more. */
import { createDevice } from "@natster/person";
import { createKey, parseCreds, userJwt } from "@natster/trust";
import { headers } from "@nats-io/nats-core";
import { afterAll, beforeAll, describe } from "vitest";
import { attack, until } from "./attack.fixture.ts";
import { knock, type Raw } from "./raw.fixture.ts";
import { now, openScene, opening, photos, type Scene } from "./scene.fixture.ts";

let scene: Scene;
let owner: Raw;
let browser: Raw;
let server: Raw;
beforeAll(async () => {
  scene = await openScene();
  owner = await scene.device(scene.alice);
  browser = await scene.device(scene.alice, { role: "browser" });
  server = await scene.device(scene.alice, { role: "server" });
});
afterAll(() => scene?.[Symbol.asyncDispose]());

const url = () => scene.system.platform.nats.url;
const jwtOf = (role: "browser" | "owner") => parseCreds(createDevice(scene.alice.key, { name: "new", role })).jwt;

describe("a browser", () => {
  attack("closes the account", {
    attack: () => browser.ask("natster.accounts.close", {}),
    fails: "refused 403 wrong_role",
    twin: async () => {
      const somebody = await scene.system.person("leaving");
      return (await scene.device(somebody)).ask("natster.accounts.close", {});
    },
    works: "answered",
  });
  attack("says in Nats-Request-Info that it is the owner's device", {
    attack: () => {
      const info = { acc: scene.alice.account, user: owner.user, jwt: jwtOf("owner") };
      return browser.ask("natster.accounts.close", {}, { "Nats-Request-Info": JSON.stringify(info) });
    },
    fails: "refused 403 wrong_role",
    twin: () => owner.ask("natster.accounts.device", { jwt: jwtOf("browser") }),
    works: "answered",
  });
  attack("announces a device", {
    attack: () => browser.ask("natster.accounts.device", { jwt: jwtOf("owner") }),
    fails: "refused 403 wrong_role",
    twin: () => owner.ask("natster.accounts.device", { jwt: jwtOf("browser") }),
    works: "answered",
  });
  attack("revokes another device", {
    attack: () => browser.ask("natster.accounts.revoke", { user: owner.user }),
    fails: "refused 403 wrong_role",
    twin: async () => owner.ask("natster.accounts.revoke", { user: (await scene.device(scene.alice)).user }),
    works: "answered",
  });
  attack("reads the replies of another device", {
    attack: () => browser.hear(`_INBOX.${owner.user}.>`),
    fails: "denied",
    twin: () => browser.hear(`_INBOX.${browser.user}.>`),
    works: [],
  });
  attack("answers readers in the place of the file-server", {
    attack: () => browser.hear(opening),
    fails: "denied",
    twin: () => server.hear(opening),
    works: [],
  });
  attack("tells the account's other devices that something happened", {
    attack: () => browser.say("feed.share", "{}"),
    fails: "denied",
    twin: () => browser.hear("feed.>"),
    works: [],
  });
  attack("has a grant signed, which its account does not let it", {
    attack: () => browser.ask("grants.open", {}),
    fails: "denied",
    twin: async () => (await scene.device(scene.alice, { role: "browser", maySign: true })).ask("grants.open", {}),
    works: "no responders",
  });
  attack("makes itself an owner by signing a JWT with its own key", {
    attack: () => {
      const key = createKey("user");
      const request = { user: key.public, name: "forged", role: "owner", issuedAt: now() } as const;
      return knock(url(), { jwt: userJwt(createKey("account"), request), key });
    },
    fails: "turned away",
    twin: () => knock(url(), parseCreds(createDevice(scene.alice.key, { name: "new", role: "owner" }))),
    works: "let in",
  });
});

describe("a serving device", () => {
  attack("reads catalogs as a reader does", {
    attack: () => server.ask(opening),
    fails: "denied",
    twin: () => browser.ask(opening),
    works: "answered",
  });
  attack("issues what only people do: it gives up a code", {
    attack: () => server.ask("natster.codes.cancel", { id: "S7KQ2M4T" }),
    fails: "denied",
    twin: () => owner.ask("natster.codes.cancel", { id: "S7KQ2M4T" }),
    works: "refused 404 code_unknown",
  });
});

describe("a device that is gone", () => {
  attack("comes back after it was revoked", {
    attack: async () => {
      const creds = parseCreds(createDevice(scene.alice.key, { name: "lost", role: "owner" }));
      await using lost = await scene.device(scene.alice);
      await owner.ask("natster.accounts.revoke", { user: creds.key.public });
      await until(
        () => knock(url(), creds),
        (came) => came === "turned away",
      );
      return [await knock(url(), creds), lost.connection.isClosed()];
    },
    fails: ["turned away", false],
    twin: () => knock(url(), parseCreds(createDevice(scene.alice.key, { name: "kept", role: "owner" }))),
    works: "let in",
  });
  attack("comes back after its JWT has run out", {
    attack: () =>
      knock(url(), parseCreds(createDevice(scene.alice.key, { name: "x", role: "browser", expiresIn: -1 }))),
    fails: "turned away",
    twin: () => knock(url(), parseCreds(createDevice(scene.alice.key, { name: "x", role: "browser", expiresIn: 60 }))),
    works: "let in",
  });
});

describe("a device that was left open", () => {
  attack("revokes itself as the last one, so that nobody speaks for its account any more", {
    attack: async () => {
      const only = await scene.device(await scene.system.person());
      return only.ask("natster.accounts.revoke", { user: only.user });
    },
    fails: "refused 409 device_last",
    twin: async () => {
      const somebody = await scene.system.person();
      const [one, other] = [await scene.device(somebody), await scene.device(somebody)];
      return one.ask("natster.accounts.revoke", { user: other.user });
    },
    works: "answered",
  });
  attack("suspends or limits the account as which it administers, so that nobody could take it back", {
    attack: async () => {
      const { account } = scene.system.administrator;
      const open = await scene.device(scene.system.administrator, { administrator: true });
      return [
        await open.ask("natster.ops.accounts.suspend", { account }),
        await open.ask("natster.ops.accounts.limit", { account, limits: { conn: 4 } }),
      ];
    },
    fails: ["refused 409 account_own", "refused 409 account_own"],
    twin: async () => {
      const { account } = scene.system.administrator;
      const open = await scene.device(scene.system.administrator, { administrator: true });
      return [
        await open.ask("natster.ops.accounts.suspend", { account: scene.bob.account }),
        await open.ask("natster.ops.accounts.resume", { account: scene.bob.account }),
        await open.ask("natster.ops.accounts.limit", { account, limits: { catalogs: 5_000 } }),
      ];
    },
    works: ["answered", "answered", "answered"],
  });
  attack("limits somebody to what amounts to being suspended", {
    attack: async () => {
      const open = await scene.device(scene.system.administrator, { administrator: true });
      const { account } = scene.bob;
      return [
        await open.ask("natster.ops.accounts.limit", { account, limits: { conn: 0 } }),
        await open.ask("natster.ops.accounts.limit", { account, limits: { payload: 1 } }),
      ];
    },
    fails: ["refused 422 limits_too_low", "refused 422 limits_too_low"],
    twin: async () => {
      const open = await scene.device(scene.system.administrator, { administrator: true });
      return [await open.ask("natster.ops.accounts.limit", { account: scene.bob.account, limits: { conn: 32 } })];
    },
    works: ["answered"],
  });
});

describe("one device among several", () => {
  attack("has another's command recorded as its own", {
    attack: async () => {
      const said = headers();
      said.set("Nats-Request-Info", JSON.stringify({ acc: scene.alice.account, user: owner.user }));
      const asked = { timeout: 5_000, headers: said };
      const description = JSON.stringify({ catalog: photos, description: "by the browser" });
      await browser.connection.request("natster.catalog.describe", description, asked);
      return lastUser();
    },
    fails: "browser",
    twin: async () => {
      await owner.ask("natster.catalog.describe", { catalog: photos, description: "by the owner" });
      return lastUser();
    },
    works: "owner",
  });
});

/** Which device the last event says that it was. */
async function lastUser(): Promise<string> {
  const streams = await scene.insider("streams");
  const subject = `events.catalog.${scene.alice.account}.${photos}.described`;
  const { actoruser: user }: { actoruser: string } = JSON.parse(
    await streams.read(`$JS.API.DIRECT.GET.EVENTS.${subject}`),
  );
  return user === browser.user ? "browser" : user === owner.user ? "owner" : "somebody else";
}
