/** An owner or a recipient who is hostile: with grants that say too much, too little, too late, or are somebody else's. */
import { AccountKey, CatalogName } from "@natster/contracts";
import { accept, applied, share, unshare } from "@natster/person";
import { createKey, signGrant, signPublication } from "@natster/trust";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { attack, until } from "./attack.fixture.ts";
import { resigned } from "./jwt.fixture.ts";
import type { Raw } from "./raw.fixture.ts";
import { grantFor, now, openScene, photos, type Scene } from "./scene.fixture.ts";

let scene: Scene;
let alice: Raw;
let bob: Raw;
let carol: Raw;
beforeAll(async () => {
  scene = await openScene();
  alice = await scene.device(scene.alice);
  bob = await scene.device(scene.bob);
  carol = await scene.device(scene.carol);
});
afterAll(() => scene?.[Symbol.asyncDispose]());

const offer = (grant: string, by: Raw = alice) => by.ask("natster.catalog.share", { catalog: photos, grant });
const good = () => grantFor(scene.alice, scene.bob);
const invalid = "refused 422 grant_invalid";
/** The twin of every grant that is refused. */
const twin = { twin: () => offer(good()), works: "answered" };
const changed = (change: Parameters<typeof resigned>[2], by = scene.alice.key) => resigned(good(), by, change);

describe("an owner offers a grant", () => {
  attack("that is wider than the catalog", {
    attack: () => offer(changed({ nats: { subject: "files.>" } })),
    fails: invalid,
    ...twin,
  });
  attack("that is narrower than the catalog, which spoils the recipient's whole JWT", {
    attack: () => offer(changed({ nats: { subject: `files.${photos}.open` } })),
    fails: invalid,
    ...twin,
  });
  attack("for every subject of the account", {
    attack: () => offer(changed({ nats: { subject: ">" } })),
    fails: invalid,
    ...twin,
  });
  attack("for a stream where a service is meant", {
    attack: () => offer(changed({ nats: { kind: "stream" } })),
    fails: invalid,
    ...twin,
  });
  attack("that is no activation but a user", {
    attack: () => offer(changed({ nats: { type: "user" } })),
    fails: invalid,
    ...twin,
  });
  attack("that is dated in the future, so that no revocation reaches it", {
    attack: () => offer(grantFor(scene.alice, scene.bob, now() + 300)),
    fails: invalid,
    ...twin,
  });
  attack("that has run out", {
    attack: () => offer(changed({ exp: now() - 1 })),
    fails: invalid,
    ...twin,
  });
  attack("that names a signing key's account instead of its own signature", {
    attack: () => offer(changed({ nats: { issuer_account: scene.alice.account } }, createKey("account"))),
    fails: invalid,
    ...twin,
  });
  attack("of somebody else's catalog, signed with a key of their own", {
    attack: () => offer(changed({}, scene.bob.key)),
    fails: invalid,
    ...twin,
  });
  attack("for a name that is a wildcard, and everybody's", {
    attack: () => offer(changed({ sub: "*" })),
    fails: invalid,
    ...twin,
  });
  attack("that was garbled", {
    attack: () => offer(`${good().slice(0, -4)}AAAA`),
    fails: invalid,
    ...twin,
  });
  attack("to an account that is not there", {
    attack: () =>
      offer(
        signGrant(scene.alice.key, {
          catalog: photos,
          recipient: AccountKey.parse(createKey("account").public),
          issuedAt: now(),
        }),
      ),
    fails: "refused 404 recipient_unknown",
    ...twin,
  });
});

describe("a recipient", () => {
  attack("offers on what was only lent", {
    attack: () => {
      const grant = signGrant(scene.carol.key, { catalog: photos, recipient: scene.bob.account, issuedAt: now() });
      return offer(grant, carol);
    },
    fails: "refused 404 catalog_unknown",
    twin: () => offer(good()),
    works: "answered",
  });
  attack("offers on the owner's own grant", {
    attack: () => offer(good(), carol),
    fails: invalid,
    ...twin,
  });
  attack("reads on after the catalog was taken back", {
    attack: async () => {
      const before = await carol.ask(scene.shared);
      await unshare(scene.alice, photos, scene.carol.account);
      await until(
        () => carol.ask(scene.shared),
        (came) => came === "no responders",
      );
      return [before, await carol.ask(scene.shared)];
    },
    fails: ["answered", "no responders"],
    twin: async () => {
      await share(scene.alice, scene.alice.key, { catalog: photos, recipient: scene.carol.account });
      await accept(scene.carol, { owner: scene.alice.account, catalog: photos });
      await until(
        () => carol.ask(scene.shared),
        (came) => came === "answered",
      );
      return carol.ask(scene.shared);
    },
    works: "answered",
  });
  attack("accepts again what was taken back", {
    attack: async () => {
      await share(scene.alice, scene.alice.key, { catalog: photos, recipient: scene.bob.account });
      await scene.alice.catalog.unshare({ catalog: photos, recipient: scene.bob.account });
      return bob.ask("natster.catalog.import", { owner: scene.alice.account, catalog: photos });
    },
    fails: "refused 404 share_unknown",
    twin: async () => {
      await share(scene.alice, scene.alice.key, { catalog: photos, recipient: scene.bob.account });
      return bob.ask("natster.catalog.import", { owner: scene.alice.account, catalog: photos });
    },
    works: "answered",
  });
  attack("brings the old grant to a catalog that was given up and made anew", {
    attack: async () => {
      const old = grantFor(scene.alice, scene.bob);
      await alice.ask("natster.catalog.retire", { catalog: photos });
      await alice.ask("natster.catalog.create", { catalog: photos });
      return offer(old);
    },
    fails: "refused 409 grant_outdated",
    twin: async () => {
      await share(scene.alice, scene.alice.key, { catalog: photos, recipient: scene.bob.account });
      const { after } = await scene.bob.catalog.import({ owner: scene.alice.account, catalog: photos });
      await applied(scene.bob.connection, scene.bob.account, after);
      await until(
        () => bob.ask(scene.shared),
        (came) => came === "answered",
      );
      return bob.ask(scene.shared);
    },
    works: "answered",
  });
});

describe("somebody calls a private catalog public", () => {
  const music = CatalogName.parse("music");
  const publish = (by: Raw, statement: string) => by.ask("natster.catalog.publish", { catalog: music, statement });
  attack("with a statement that its owner did not sign", {
    attack: async () => {
      await alice.ask("natster.catalog.create", { catalog: music });
      return publish(alice, signPublication(scene.bob.key, { catalog: music, from: now() }));
    },
    fails: expect.stringMatching(/^refused 422/),
    twin: () => publish(alice, signPublication(scene.alice.key, { catalog: music, from: now() })),
    works: "answered",
  });
  attack("with a statement about another catalog of the owner's", {
    attack: () => publish(alice, signPublication(scene.alice.key, { catalog: photos, from: now() })),
    fails: expect.stringMatching(/^refused 422/),
    twin: () => publish(alice, signPublication(scene.alice.key, { catalog: music, from: now() })),
    works: "answered",
  });
});
