/**
 * Signing sessions under attack, over plain NATS connections. Alice's serving process holds her account key and signs
 * for her browser; whoever may not have anything signed tries to. The end of each attack is whether Alice's key signed.
 */
import { readFile } from "node:fs/promises";
import type { AccountKey } from "@natster/contracts";
import { grants } from "@natster/contracts/grants";
import { serveGrants } from "@natster/file-server";
import { askInside } from "@natster/files";
import { silentLog } from "@natster/micro";
import { isRefusal, Refusal } from "@natster/micro/client";
import { addDevice, connectDevice, memoryCodeStore, openSigning, UntrustedSignerError } from "@natster/person";
import type { TestPerson } from "@natster/testing";
import {
  createCode,
  createKey,
  createOpeningKey,
  enterSession,
  formatCreds,
  type Key,
  keyFromSeed,
  readGrant,
  type SessionDevice,
  signOpen,
  signRenewal,
  userJwt,
} from "@natster/trust";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { deviceOf, serveSigning } from "../system/signing.fixture.ts";
import { attack, until } from "./attack.fixture.ts";
import { resigned } from "./jwt.fixture.ts";
import { type Raw, raw } from "./raw.fixture.ts";
import { now, openScene, photos, type Scene } from "./scene.fixture.ts";

let scene: Scene;
const opened = new AsyncDisposableStack();
/** Alice's browser, which may have grants signed, and the connection of an owner's device that carries texts for others. */
let browser: SessionDevice;
let carrier: Raw;

beforeAll(async () => {
  scene = opened.use(await openScene());
  await serveSigning(scene.system, scene.alice, opened);
  browser = (await deviceOf(scene.system, scene.alice, { role: "browser", maySign: true }, opened)).device;
  carrier = await scene.device(scene.alice);
});
afterAll(() => opened.disposeAsync());

type Wish = Readonly<Record<string, unknown>>;
const forBob = (): Wish => ({ kind: "grant", catalog: photos, recipient: scene.bob.account });

/** The endpoints with nothing checked on the asking side: whatever is wished for is sealed and sent. */
const unchecked = <E extends typeof grants.endpoints.sign | typeof grants.endpoints.keep>({
  sealed,
  ...endpoint
}: E) => ({
  ...endpoint,
  sealed: { ...sealed, request: z.looseObject({}), reply: z.looseObject({ token: z.string().optional() }) },
});
const endpoints = { sign: unchecked(grants.endpoints.sign), keep: unchecked(grants.endpoints.keep) };

/** Opens a session as a device, whose words another connection carries, and asks; resolves with what was answered. */
async function inSession(verb: keyof typeof endpoints, device: SessionDevice, by: Raw, wish: Wish) {
  const ask = async (subject: string, body: string | Uint8Array) => {
    const reply = await by.connection.request(subject, body, { timeout: 5_000 });
    const code = reply.headers?.get("Nats-Service-Error-Code");
    if (code) throw new Refusal(Number(code), reply.json());
    return reply;
  };
  const wanted = { purpose: "sign", owner: scene.alice.account } as const;
  const entered = await enterSession({ device, wanted, now: now() }, async (open) =>
    (await ask("grants.open", JSON.stringify(open))).json(),
  );
  if (entered.refused !== undefined) throw new Error(`the answer is ${entered.refused}`);
  const { instance, session } = entered;
  return askInside(
    session,
    endpoints[verb],
    wish,
    async (frame) => (await ask(`grants.${instance}.${verb}`, frame)).data,
  );
}

/** What came of it in a word or two. */
const inWords = (done: Promise<unknown>, worked: string): Promise<string> =>
  done.then(
    () => worked,
    (error: unknown) => {
      if (isRefusal(error)) return `refused ${error.code} ${error.reason}`;
      throw error;
    },
  );

/** Asks for a grant as a device; says `signed`, or why not. */
async function signed(device: SessionDevice, by: Raw = carrier, wish: Wish = forBob()): Promise<string> {
  const told = inSession("sign", device, by, wish).then(({ token = "" }) => {
    const read = readGrant(token, { owner: scene.alice.account, catalog: photos, now: now() + 60 });
    if (read.refused !== undefined) throw new Error(`what came is ${read.refused}`);
  });
  return inWords(told, "signed");
}

/** A device that an account's key made. */
function made(
  by: Key<"account">,
  role: "owner" | "browser" | "server",
  { ago = 5, ...more }: { maySign?: boolean; expires?: number; ago?: number } = {},
): SessionDevice & { readonly key: Key<"user"> } {
  const key = createKey("user");
  return { key, jwt: userJwt(by, { user: key.public, name: role, role, issuedAt: now() - ago, ...more }) };
}

const works = { twin: () => signed(browser), works: "signed" };

describe("has a grant signed", () => {
  attack("as a browser that may not, whose words another device carries", {
    attack: () => signed(made(scene.alice.key, "browser")),
    fails: "refused 403 role_wrong",
    ...works,
  });
  attack("as a device that nobody announced, with a JWT that Alice's key did sign", {
    attack: () => signed(made(scene.alice.key, "browser", { maySign: true })),
    fails: "refused 403 may_not_sign",
    ...works,
  });
  attack("as a serving device, which signs only where it holds the key", {
    attack: () => signed(made(scene.alice.key, "server", { maySign: true })),
    fails: "refused 403 role_wrong",
    ...works,
  });
  attack("as a device of another account, whose words one of Alice's devices carries", {
    attack: () => signed(made(scene.bob.key, "owner", { maySign: true })),
    fails: "refused 403 account_differs",
    ...works,
  });
  attack("from another account, which has no way there", {
    attack: async () => (await scene.device(scene.bob)).ask("grants.open", {}),
    fails: "no responders",
    twin: () => carrier.ask("grants.open", {}),
    works: "refused 400 invalid_request",
  });
  attack("from the lobby", {
    attack: async () => (await scene.newcomer()).ask("grants.open", {}),
    fails: "denied",
    twin: () => carrier.ask("grants.open", {}),
    works: "refused 400 invalid_request",
  });
  attack("as Alice's browser, with a key of one's own", {
    attack: () => signed({ jwt: browser.jwt, key: createKey("user") }),
    fails: "refused 403 signature_wrong",
    ...works,
  });
  attack("as a device whose JWT has run out", {
    attack: () => signed(made(scene.alice.key, "browser", { maySign: true, expires: now() - 1 })),
    fails: "refused 403 device_refused",
    ...works,
  });
});

describe("has signed what is not to be", () => {
  const wishes: readonly [tries: string, wish: Wish, fails: string][] = [
    ["a catalog that is not Alice's", { kind: "grant", catalog: "not-hers" }, "refused 404 catalog_unknown"],
    ["a grant to Alice herself", { kind: "grant", recipient: "alice" }, "refused 422 recipient_self"],
    ["a grant that is over already", { kind: "grant", expires: 1 }, "refused 422 time_past"],
    ["a grant dated in the future", { kind: "grant", issuedAt: 4_000_000_000 }, "refused 400 invalid_request"],
    ["a grant of every catalog", { kind: "grant", catalog: "*" }, "refused 400 invalid_request"],
    [
      "a grant with a line break in its name",
      { kind: "grant", catalog: "photos\r\nPUB" },
      "refused 400 invalid_request",
    ],
    ["a device of Alice's", { kind: "device", role: "owner" }, "refused 400 invalid_request"],
    ["claims of Alice's account", { kind: "account" }, "refused 400 invalid_request"],
    ["a JWT of the asker's own making", { kind: "jwt", token: "a.b.c" }, "refused 400 invalid_request"],
  ];
  for (const [tries, wish, fails] of wishes) {
    attack(tries, {
      attack: () => signed(browser, carrier, { ...forBob(), ...fill(wish) }),
      fails,
      ...works,
    });
  }
  const fill = (wish: Wish): Wish =>
    JSON.parse(JSON.stringify(wish).replace(`"alice"`, JSON.stringify(scene.alice.account)));
});

describe("hands over a code", () => {
  const bytes = "A".repeat(43);
  const record = (id: string) => ({ id, catalog: photos, peer: bytes, seal: bytes, expires: now() + 600 });
  const kept = (wish: Wish) => inWords(inSession("keep", browser, carrier, wish), "kept");
  const twin = { twin: () => kept(record(createCode("share").id)), works: "kept" };
  attack("that would make a device of Alice's", {
    attack: () => kept(record(createCode("device").id)),
    fails: "refused 422 purpose_other",
    ...twin,
  });
  attack("that would admit somebody to the system", {
    attack: () => kept(record(createCode("enrol").id)),
    fails: "refused 422 purpose_other",
    ...twin,
  });
  attack("for a catalog that is not Alice's", {
    attack: () => kept({ ...record(createCode("share").id), catalog: "not-hers" }),
    fails: "refused 404 catalog_unknown",
    ...twin,
  });
  attack("in the place of one that is kept already", {
    attack: async () => {
      const { id } = createCode("share");
      return [await kept(record(id)), await kept({ ...record(id), seal: "B".repeat(42) + "A" })];
    },
    fails: ["kept", "refused 409 code_kept"],
    ...twin,
  });
});

describe("listens, and says again what it heard", () => {
  test("an opening that is replayed gives the same answer, and a session that only its own device can use", async () => {
    const key = await createOpeningKey();
    const wanted = { purpose: "sign", owner: scene.alice.account } as const;
    const open = await signOpen({ device: browser, wanted, key: key.public, now: now() });
    const ask = () => carrier.read("grants.open", open);
    const answer = await ask();
    expect(await ask()).toBe(answer);
    const { instance, session } = JSON.parse(JSON.parse(answer).text);
    const frame = Buffer.concat([Buffer.from(session, "base64url"), Buffer.alloc(8 + 16 + 40)]);
    const reply = await carrier.connection.request(`grants.${instance}.sign`, frame, { timeout: 5_000 });
    expect(reply.headers?.get("Nats-Service-Error-Code")).toBe("400");
    expect(reply.json()).toMatchObject({ reason: "seal_broken" });
    // And the device itself, by the same answer, is signed for.
    expect(await signed(browser)).toBe("signed");
  });

  test("a code that is handed over crosses the account without what answers it", async () => {
    const heard: string[] = [];
    const subscription = carrier.connection.subscribe("grants.>", {
      callback: (_, { data }) => void heard.push(Buffer.from(data).toString("latin1")),
    });
    await carrier.connection.flush();
    const [peer, seal] = [7, 9].map((byte) => Buffer.alloc(32, byte));
    const [peerText = "", sealText = ""] = [peer, seal].map((bytes) => bytes?.toString("base64url"));
    const record = {
      id: createCode("share").id,
      catalog: photos,
      expires: now() + 600,
      peer: peerText,
      seal: sealText,
    };
    await inSession("keep", browser, carrier, record);
    await until(
      () => heard.length,
      (count) => count >= 2,
    );
    subscription.unsubscribe();
    const said = heard.join("");
    // It heard the opening, which is signed and not sealed.
    expect(said).toContain("purpose");
    for (const secret of [peerText, sealText, peer?.toString("latin1"), seal?.toString("latin1")]) {
      expect(said).not.toContain(secret);
    }
  });

  test("a request that is replayed is answered under seal, so that nobody but its device has what was signed", async () => {
    const heard: { subject: string; data: Uint8Array }[] = [];
    const subscription = carrier.connection.subscribe("grants.*.sign", {
      callback: (_, { subject, data }) => void heard.push({ subject, data }),
    });
    await carrier.connection.flush();
    expect(await signed(browser)).toBe("signed");
    const [said] = await until(
      () => heard,
      ({ length }) => length > 0,
    );
    subscription.unsubscribe();
    const reply = await carrier.connection.request(said?.subject ?? "", said?.data, { timeout: 5_000 });
    const text = Buffer.from(reply.data).toString("latin1");
    expect(text).not.toContain("eyJ");
    expect(text).not.toContain(photos);
    expect(text).not.toContain(scene.bob.account);
  });
});

describe("the operator, who wrote a signing key into the account's JWT,", () => {
  attack("has a grant signed by Alice's own key", {
    attack: async () => {
      const { direct, indirect } = await forged(scene.alice.account, "browser");
      await using there = await raw(scene.system.platform.nats.url, indirect);
      return [await signed(indirect, there), await signed(direct, there)];
    },
    fails: ["refused 403 device_refused", "refused 403 account_differs"],
    ...works,
  });
  attack("has a device of its own renewed by Alice's key", {
    attack: async () => {
      const { direct, indirect } = await forged(scene.alice.account, "browser", { expires: now() + 2 });
      await using there = await raw(scene.system.platform.nats.url, indirect);
      return [await renewed(indirect, there), await renewed(direct, there)];
    },
    fails: ["refused 403 device_refused", "refused 403 device_refused"],
    ...renewing(),
  });
  attack("answers in the place of the process that holds the key", {
    attack: async () => {
      const dave = await somebody();
      const { indirect, added } = await forged(dave.owner.account, "server");
      await answering(formatCreds(indirect.jwt, indirect.key), fakeOf(dave.owner, added));
      return dave.asks();
    },
    fails: "device_refused",
    ...answered(),
  });
});

describe("a device of the account answers in the place of the process that holds the key", () => {
  attack("as one that serves files, and may sign nothing", {
    attack: async () => {
      const dave = await somebody();
      const creds = await addDevice(dave.owner, dave.owner.key, { name: "server", role: "server" });
      await answering(creds, fakeOf(dave.owner, createKey("account")));
      return dave.asks();
    },
    fails: "role_wrong",
    ...answered(),
  });
  attack("as one that may sign, and has not the key", {
    attack: async () => {
      const dave = await somebody();
      const creds = await addDevice(dave.owner, dave.owner.key, { name: "server", role: "server", maySign: true });
      await answering(creds, fakeOf(dave.owner, createKey("account")));
      return dave.asks();
    },
    fails: "signed_another",
    ...answered(),
  });
});

describe("has a device renewed", () => {
  const due = { expires: now() + 2 } as const;
  attack("that is somebody else's, by its JWT alone", {
    attack: () => renewed({ jwt: browser.jwt, key: createKey("user") }),
    fails: "refused 403 signature_wrong",
    ...renewing(),
  });
  attack("of another account", {
    attack: () => renewed(made(scene.bob.key, "browser", due)),
    fails: "refused 403 device_refused",
    ...renewing(),
  });
  attack("that has run out", {
    attack: () => renewed(made(scene.alice.key, "browser", { expires: now() - 1 })),
    fails: "refused 403 device_refused",
    ...renewing(),
  });
  attack("by what it asked for some time ago", {
    attack: async () => renewed(await announced(), carrier, now() - 301),
    fails: "refused 422 clock_differs",
    ...renewing(),
  });
  attack("that nobody announced", {
    attack: () => renewed(made(scene.alice.key, "browser", { expires: now() + 30, ago: 300 })),
    fails: "refused 404 device_unknown",
    ...renewing(),
  });
});

/** Asks for a renewal as a device; says `renewed`, or why not. */
async function renewed(device: SessionDevice, by: Raw = carrier, at = now()): Promise<string> {
  const said = await by.ask("grants.renew", await signRenewal(device, at));
  return said === "answered" ? "renewed" : said;
}

/** A browser of Alice's that is in the last third of its time. */
async function announced(): Promise<SessionDevice> {
  const device = made(scene.alice.key, "browser", { expires: now() + 60, ago: 600 });
  await scene.alice.accounts.device({ jwt: device.jwt });
  return device;
}

function renewing() {
  return { twin: async () => renewed(await announced()), works: "renewed" };
}

/** Somebody new, with a catalog and a browser that asks for a grant. */
async function somebody() {
  const owner = await scene.system.person();
  await owner.catalog.create({ catalog: photos });
  const asking = await deviceOf(scene.system, owner, { role: "browser", maySign: true }, opened);
  const asks = async () => {
    try {
      using signer = await openSigning(asking);
      await signer.grant({ catalog: photos, recipient: scene.bob.account });
      return "signed";
    } catch (error) {
      if (error instanceof UntrustedSignerError) return error.reason;
      throw error;
    }
  };
  return { owner, asks };
}

/** A key that says it is somebody's account key, and signs with another. */
const fakeOf = ({ account }: TestPerson, other: Key<"account">): Key<"account"> => ({
  kind: "account",
  public: account,
  seed: () => other.seed(),
  sign: (bytes) => other.sign(bytes),
});

/** Answers in an account as whoever has these creds, with whichever key. */
async function answering(creds: string, account: Key<"account">): Promise<void> {
  const person = opened.use(await connectDevice(scene.system.platform.place, creds, "answering"));
  opened.use(await serveGrants({ person, account, codes: memoryCodeStore(), log: silentLog() }));
}

function answered() {
  const twin = async () => {
    const { owner, asks } = await somebody();
    await serveSigning(scene.system, owner, opened);
    return asks();
  };
  return { twin, works: "signed" };
}

/** A device of a signing key that the operator wrote into an account's JWT; `indirect` names that account. */
async function forged(of: AccountKey, role: "browser" | "server", more: { readonly expires?: number } = {}) {
  const signer = keyFromSeed(await readFile(scene.system.platform.installation.signingKey, "utf8"), "operator");
  const pusher = await scene.thief("accounts-streams");
  const added = createKey("account");
  const there = await pusher.read(`$SYS.REQ.ACCOUNT.${of}.CLAIMS.LOOKUP`);
  const change = { nats: { signing_keys: [of, added.public] } };
  const told: { data?: { code: number } } = JSON.parse(
    await pusher.read("$SYS.REQ.CLAIMS.UPDATE", resigned(there, signer, change)),
  );
  expect(told.data?.code, "nats-server has taken the signing key").toBe(200);
  const direct = made(added, role, { maySign: true, ...more });
  return { direct, added, indirect: { ...direct, jwt: resigned(direct.jwt, added, { nats: { issuer_account: of } }) } };
}
