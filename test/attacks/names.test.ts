/**
 * Every name that somebody can send, with what would end a line, a token or a reader's trust in it: over plain
 * connections, past all that a client would check. A name becomes part of a subject, a key, a JWT and a line of a log.
 */
import { Handle } from "@natster/contracts";
import { createKey, signRegistration } from "@natster/trust";
import { afterAll, beforeAll, describe } from "vitest";
import { attack } from "./attack.fixture.ts";
import { resigned } from "./jwt.fixture.ts";
import type { Raw } from "./raw.fixture.ts";
import { now, openScene, photos, type Scene } from "./scene.fixture.ts";

let scene: Scene;
let mallory: Raw;
beforeAll(async () => {
  scene = await openScene();
  mallory = await scene.device(scene.bob);
});
afterAll(() => scene?.[Symbol.asyncDispose]());

/** What ends a line, and writes the next one: of the protocol, a header, or a log. */
const lines = ["a\r\nPUB natster.x 0\r\n\r\n", "a\nb", "a\rb", "a\u0000b", "a\u0085b", "a\u2028b", "a\u2029b"];
/** What is one token to somebody and several to nats-server, or every token. */
const tokens = ["a.b", ".", "a.", "*", ">", "a.>", "a b", "a\tb", " alice", "$SYS", "../../etc/passwd", "a/b", "%2e"];
/** What looks like `alice` to a person, and is somebody else to a machine. */
const lookAlikes = [
  "аlice",
  "ａｌｉｃｅ",
  "alicе",
  "al\u200Bice",
  "alice\u202E",
  "ALICE",
  "alıce",
  "al1ce\u0301",
  "𝐚lice",
];
const sizes = ["", "x".repeat(300)];

const refusedAll = (values: readonly unknown[]) => values.map(() => "refused 400 invalid_request");
/** Sends each as the value of one field, one after the other. */
const each = async (by: Raw, subject: string, values: readonly unknown[], body: (value: unknown) => object) => {
  const said: string[] = [];
  for (const value of values) said.push(await by.ask(subject, body(value)));
  return said;
};

describe("names with line breaks, dots, wildcards, spaces and letters that look alike", () => {
  const names = [...lines, ...tokens, ...lookAlikes, ...sizes];

  attack("as a handle", {
    attack: () => each(mallory, "natster.accounts.rename", names, (handle) => ({ handle })),
    fails: refusedAll(names),
    twin: () => mallory.ask("natster.accounts.rename", { handle: "al1ce" }),
    works: "answered",
  });
  attack("as the handle of a registration, under a signature", {
    attack: async () => {
      const newcomer = await scene.newcomer();
      const said: string[] = [];
      for (const handle of [...lines, ...tokens, ...lookAlikes]) {
        const key = createKey("account");
        const claims = resigned(signRegistration(key, {}, now()), key, { name: handle, nats: { handle } });
        said.push(await newcomer.ask("natster.accounts.register", { claims }));
      }
      return said;
    },
    fails: [...lines, ...tokens, ...lookAlikes].map(() => "refused 422 claims_invalid"),
    twin: async () => {
      const claims = signRegistration(createKey("account"), { handle: Handle.parse("alice-2") }, now());
      return (await scene.newcomer()).ask("natster.accounts.register", { claims });
    },
    works: "answered",
  });
  attack("as a question for a person", {
    attack: () => each(mallory, "natster.library.person", names, (handle) => ({ handle })),
    fails: refusedAll(names),
    twin: () => mallory.ask("natster.library.person", { handle: "alice" }),
    works: "answered",
  });
  attack("as the name of a catalog", {
    attack: () => each(mallory, "natster.catalog.create", names, (catalog) => ({ catalog })),
    fails: refusedAll(names),
    twin: () => mallory.ask("natster.catalog.create", { catalog: "alice-s" }),
    works: "answered",
  });
  attack("as the catalog of somebody else's that is asked for", {
    attack: () =>
      each(mallory, "natster.library.catalog", names, (catalog) => ({ owner: scene.alice.account, catalog })),
    fails: refusedAll(names),
    twin: () => mallory.ask("natster.library.catalog", { owner: scene.alice.account, catalog: photos }),
    works: "refused 404 catalog_unknown",
  });
  attack("as a cursor, which is part of a bucket's key", {
    attack: () => each(mallory, "natster.library.mine", [...lines, ...tokens], (cursor) => ({ cursor })),
    fails: refusedAll([...lines, ...tokens]),
    twin: () => mallory.ask("natster.library.mine", {}),
    works: "answered",
  });
});

describe("a line that is more than one", () => {
  attack("as the name of a device", {
    attack: () =>
      each(mallory, "natster.accounts.device-rename", [...lines, sizes[1]], (name) => ({ user: mallory.user, name })),
    fails: refusedAll([...lines, sizes[1]]),
    twin: () => mallory.ask("natster.accounts.device-rename", { user: mallory.user, name: "Bob’s phone, a.b * >" }),
    works: "refused 404 device_unknown",
  });
  attack("as what a catalog holds", {
    attack: () =>
      each(mallory, "natster.catalog.create", [...lines, sizes[1]], (description) => ({ catalog: "c", description })),
    fails: refusedAll([...lines, sizes[1]]),
    twin: () => mallory.ask("natster.catalog.create", { catalog: "c", description: "holidays, 2019–2024 *" }),
    works: "answered",
  });
});

describe("ids and keys that are none", () => {
  const ids = [...lines, ...tokens, ...sizes, "S7KQ2M4", "S7KQ2M4TT", "X7KQ2M4T", "s7kq2m4t", "S7KQ2M4U"];
  attack("as the id of a code", {
    attack: () => each(mallory, "natster.codes.cancel", ids, (id) => ({ id })),
    fails: refusedAll(ids),
    twin: () => mallory.ask("natster.codes.cancel", { id: "S7KQ2M4T" }),
    works: "refused 404 code_unknown",
  });
  attack("as an instance that serves", {
    attack: () =>
      each(mallory, "natster.presence.beat", [...lines, ...tokens, ...sizes], (instance) => ({
        catalog: photos,
        instance,
        revision: 1,
      })),
    fails: refusedAll([...lines, ...tokens, ...sizes]),
    twin: () => mallory.ask("natster.presence.beat", { catalog: "none", instance: "instance1", revision: 1 }),
    works: "refused 404 catalog_unknown",
  });

  /** Keys with a letter wrong, of another kind, or with something behind them. */
  const keys = () => [
    ...lines,
    ...tokens,
    ...sizes,
    `${scene.alice.account}.>`,
    `${scene.alice.account}\r\n`,
    scene.alice.account.slice(0, -1),
    scene.alice.account.toLowerCase(),
    scene.alice.account.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    scene.alice.user,
  ];
  attack("as the account of a recipient", {
    attack: async () =>
      new Set(await each(mallory, "natster.catalog.unshare", keys(), (recipient) => ({ catalog: photos, recipient }))),
    fails: new Set(["refused 400 invalid_request"]),
    twin: () => mallory.ask("natster.catalog.unshare", { catalog: photos, recipient: scene.alice.account }),
    works: "refused 404 share_unknown",
  });
  attack("as the device that is to be revoked", {
    attack: async () =>
      new Set(
        await each(mallory, "natster.accounts.revoke", [...lines, ...tokens, scene.alice.account], (user) => ({
          user,
        })),
      ),
    fails: new Set(["refused 400 invalid_request"]),
    twin: () => mallory.ask("natster.accounts.revoke", { user: createKey("user").public }),
    works: "answered",
  });
});
