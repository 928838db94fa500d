/**
 * Whoever holds the operator's signing key and may push: it decides who is admitted and what nats-server enforces. It
 * must not become anybody, for those who check what an account's own key signed.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { accept, applied, share } from "@natster/person";
import type { TestPerson } from "@natster/testing";
import { accountJwt, createKey, encodeJwt, keyFromSeed, renderAccount, signGrant, userJwt } from "@natster/trust";
import { afterAll, beforeAll, describe } from "vitest";
import { attack, until } from "./attack.fixture.ts";
import { resigned } from "./jwt.fixture.ts";
import { knock, type Raw, raw } from "./raw.fixture.ts";
import { grantFor, now, openScene, photos, type Scene } from "./scene.fixture.ts";

let scene: Scene;
let pusher: Raw;
let signer: ReturnType<typeof keyFromSeed<"operator">>;
beforeAll(async () => {
  scene = await openScene();
  pusher = await scene.thief("accounts-streams");
  const seed = await readFile(scene.system.platform.installation.signingKey, "utf8");
  signer = keyFromSeed(seed.trim(), "operator");
});
afterAll(() => scene?.[Symbol.asyncDispose]());

const url = () => scene.system.platform.nats.url;
/** An account of the operator's own making, with an import of Alice's photos by a token. */
const withToken = async (grant: string | undefined, change: Readonly<Record<string, string>> = {}) => {
  const key = createKey("account");
  const state = {
    account: key.public,
    status: "open",
    administrator: false,
    exports: [],
    userRevocations: {},
  } as const;
  const imports = [{ owner: scene.alice.account, catalog: photos, grant: grant ?? "" }];
  const platform = scene.system.platform.installation.platform;
  const { nats, ...claims } = renderAccount({ ...state, imports }, { platform, issuedAt: now() });
  const changed = nats.imports?.map(({ token, ...each }) =>
    each.account === scene.alice.account ? { ...each, ...(grant !== undefined && { token }), ...change } : each,
  );
  const pushed = await push(encodeJwt({ ...claims, nats: { ...nats, imports: changed ?? [] } }, signer));
  if (pushed !== "taken") return pushed;
  const user = createKey("user");
  const jwt = userJwt(key, { user: user.public, name: "device", role: "owner", issuedAt: now() });
  await using device = await raw(url(), { jwt, key: user });
  return await device.ask(scene.shared);
};
/** Tells nats-server of an account JWT: `taken`, or `not taken`. */
const push = async (jwt: string): Promise<string> => {
  const answer: { data?: { code: number } } = JSON.parse(await pusher.read("$SYS.REQ.CLAIMS.UPDATE", jwt));
  return answer.data?.code === 200 ? "taken" : "not taken";
};
const carolReads = { twin: async () => (await scene.device(scene.carol)).ask(scene.shared), works: "answered" };

describe("imports Alice's photos into an account of its own", () => {
  attack("without a token", { attack: () => withToken(undefined), fails: "no responders", ...carolReads });
  attack("with the token of somebody else", {
    attack: () => withToken(grantFor(scene.alice, scene.carol)),
    fails: "not taken",
    ...carolReads,
  });
  attack("with a token that it signed itself", {
    attack: () => withToken(resigned(grantFor(scene.alice, scene.carol), createKey("account"), {})),
    fails: "not taken",
    ...carolReads,
  });
  attack("by a wildcard, for all that Alice serves", {
    attack: () => withToken(undefined, { subject: "files.>", local_subject: `shared.${scene.alice.account}.>` }),
    fails: "no responders",
    ...carolReads,
  });
});

describe("speaks for Alice", () => {
  /** Connects as Alice, by a signing key that the operator wrote into her account's JWT. */
  const asAlice = async () => {
    const added = createKey("account");
    const there = await pusher.read(`$SYS.REQ.ACCOUNT.${scene.alice.account}.CLAIMS.LOOKUP`);
    await push(resigned(there, signer, { nats: { signing_keys: [scene.alice.account, added.public] } }));
    const user = createKey("user");
    const request = { user: user.public, name: "forged", role: "owner", issuedAt: now() } as const;
    const jwt = resigned(userJwt(added, request), added, { nats: { issuer_account: scene.alice.account } });
    return { added, device: await raw(url(), { jwt, key: user }) };
  };
  attack("to grant her catalog, with a signing key that it wrote into her account's JWT", {
    attack: async () => {
      const { added, device } = await asAlice();
      await using _ = device;
      const grant = signGrant(added, { catalog: photos, recipient: scene.bob.account, issuedAt: now() });
      const named = resigned(grant, added, { nats: { issuer_account: scene.alice.account } });
      return [
        await device.ask("natster.catalog.share", { catalog: photos, grant }),
        await device.ask("natster.catalog.share", { catalog: photos, grant: named }),
      ];
    },
    fails: ["refused 422 grant_invalid", "refused 422 grant_invalid"],
    twin: async () => {
      const grant = grantFor(scene.alice, scene.bob);
      return (await scene.device(scene.alice)).ask("natster.catalog.share", { catalog: photos, grant });
    },
    works: "answered",
  });
  attack("to add a device of hers, with a signing key that it wrote into her account's JWT", {
    attack: async () => {
      const { added, device } = await asAlice();
      await using _ = device;
      const jwt = userJwt(added, { user: createKey("user").public, name: "phone", role: "owner", issuedAt: now() });
      return await device.ask("natster.accounts.device", { jwt });
    },
    fails: "refused 422 device_invalid",
    twin: async () => {
      const request = { user: createKey("user").public, name: "phone", role: "owner", issuedAt: now() } as const;
      const jwt = userJwt(scene.alice.key, request);
      return (await scene.device(scene.alice)).ask("natster.accounts.device", { jwt });
    },
    works: "answered",
  });
});

describe("another operator", () => {
  const admit = async (by: typeof signer) => {
    const key = createKey("account");
    const state = { account: key.public, status: "open", administrator: false, exports: [], imports: [] } as const;
    const platform = scene.system.platform.installation.platform;
    await push(accountJwt({ ...state, userRevocations: {} }, { platform, issuedAt: now(), signer: by }));
    const user = createKey("user");
    const jwt = userJwt(key, { user: user.public, name: "device", role: "owner", issuedAt: now() });
    return knock(url(), { jwt, key: user });
  };
  attack("admits an account", {
    attack: () => admit(createKey("operator")),
    fails: "turned away",
    twin: () => admit(signer),
    works: "let in",
  });
  attack("admits an account with the operator's own key, which signs no account", {
    attack: async () => {
      const seed = await readFile(join(scene.system.directory, "offline", "operator.seed"), "utf8");
      return admit(keyFromSeed(seed.trim(), "operator"));
    },
    fails: "turned away",
    twin: () => admit(signer),
    works: "let in",
  });
});

describe("what the access projection says, whatever was pushed", () => {
  attack("gives itself Carol's import after it was taken back", {
    attack: async () => {
      const kept = await pusher.read(`$SYS.REQ.ACCOUNT.${scene.carol.account}.CLAIMS.LOOKUP`);
      const { after } = await scene.alice.catalog.unshare({ catalog: photos, recipient: scene.carol.account });
      await applied(scene.carol.connection, scene.alice.account, after);
      await applied(scene.carol.connection, scene.carol.account, after);
      await push(kept);
      return (await scene.device(scene.carol)).ask(scene.shared);
    },
    fails: "no responders",
    twin: async () => (await scene.device(scene.alice)).ask(`files.${photos}.open`),
    works: "answered",
  });
  attack("gives Carol back the import of a catalog that was given up, now that there is a new one of its name", {
    attack: async () => {
      await reads(scene.carol);
      const kept = await pusher.read(`$SYS.REQ.ACCOUNT.${scene.carol.account}.CLAIMS.LOOKUP`);
      await scene.alice.catalog.retire({ catalog: photos });
      const { after } = await scene.alice.catalog.create({ catalog: photos });
      await applied(scene.carol.connection, scene.alice.account, after);
      await applied(scene.carol.connection, scene.carol.account, after);
      await push(kept);
      return (await scene.device(scene.carol)).ask(scene.shared);
    },
    fails: "no responders",
    twin: () => reads(scene.carol),
    works: "answered",
  });
});

/** Alice shares photos with somebody, who accepts; resolves with what reading came to. */
async function reads(person: TestPerson): Promise<string> {
  await share(scene.alice, scene.alice.key, { catalog: photos, recipient: person.account });
  await accept(person, { owner: scene.alice.account, catalog: photos });
  const device = await scene.device(person);
  return until(
    () => device.ask(scene.shared),
    (came) => came === "answered",
  );
}
