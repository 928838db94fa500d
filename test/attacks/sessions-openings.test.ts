/** Sessions are opened and used by whoever may not: over plain connections, with everything that was ever heard on the wire. */
import type { ServedCatalog } from "@natster/file-server";
import {
  createKey,
  createOpeningKey,
  type OpenRequest,
  type SessionDevice,
  signGrant,
  signOpen,
  userJwt,
} from "@natster/trust";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { attack } from "./attack.fixture.ts";
import { resigned } from "./jwt.fixture.ts";
import type { Raw } from "./raw.fixture.ts";
import { digestOf, music, now, openServed, photos, picture, type Served } from "./served.fixture.ts";
import type { Heard } from "./wire.fixture.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

type Device = Raw & { readonly device: SessionDevice };
let served: Served;
let serving: ServedCatalog;
/** Another device of Carol's, and what Bob and Alice have at hand. */
let [carol, bob, alice]: Device[] = [];
beforeAll(async () => {
  served = await openServed();
  serving = await served.serve();
  carol = await served.device(served.carol);
  bob = await served.device(served.bob);
  alice = await served.device(served.alice);
});
afterAll(async () => {
  await serving?.stop();
  await served?.[Symbol.asyncDispose]();
});

/** Opens as Carol may, but for what is changed; says what comes of it. `by` is whose connection is used. */
const open = async (change: Partial<OpenRequest> = {}, by: Device = carol!) => {
  const wanted = { purpose: "files", owner: served.alice.account, catalog: photos } as const;
  const { public: key } = await createOpeningKey();
  const { device } = by;
  const signed = await signOpen({ device, wanted, grant: served.grant, key, now: now(), ...change });
  return by.ask(subjectFor(by), signed);
};
const subjectFor = (by: Device) => (by === alice ? `files.${photos}.open` : served.shared(`files.${photos}.open`));
const twin = { twin: () => open(), works: "answered" };

/** What was last asked of a verb over Carol's wire, and what was answered. */
const last = (verb: string): { readonly asked: Heard; readonly reply: Heard } => {
  const asked = served.wire.asked.findLast(({ subject }) => subject.endsWith(verb));
  const reply = asked && served.wire.replies.get(asked);
  if (!asked || !reply) throw new Error(`no ${verb} was heard`);
  return { asked, reply };
};
/** Carol reads and lists, and the wire hears it. */
const carolReads = async () => {
  using catalog = await served.read();
  await Array.fromAsync(catalog.entries());
  const range = { digest: digestOf(picture), offset: 0, length: 1_000 };
  return Buffer.from(await catalog.read(range)).equals(picture.subarray(0, 1_000)) ? "right" : "wrong";
};

describe("opens a session", () => {
  attack("as Carol, from an account that is not hers", {
    attack: async () => {
      // Bob's account has no way in at all; the instance is asked as if it had.
      const asBob = { device: bob!.device };
      return [await open({}, bob), await open(asBob)];
    },
    fails: ["no responders", "refused 403 account_differs"],
    ...twin,
  });
  attack("with the JWT of Carol's phone, and another device's key", {
    attack: () => open({ device: { jwt: served.phone.device.jwt, key: createKey("user") } }),
    fails: "refused 403 signature_wrong",
    ...twin,
  });
  attack("with a JWT that it made itself", {
    attack: () => {
      const self = createKey("account");
      const key = createKey("user");
      const request = { user: key.public, name: "phone", role: "browser", issuedAt: now() } as const;
      return open({ device: { jwt: userJwt(self, request), key } });
    },
    fails: "refused 403 account_differs",
    ...twin,
  });
  attack("with a JWT that has run out", {
    attack: () => {
      const key = createKey("user");
      const request = { user: key.public, name: "phone", role: "browser", issuedAt: now() - 60 } as const;
      return open({ device: { jwt: userJwt(served.carol.key, { ...request, expires: now() - 1 }), key } });
    },
    fails: "refused 403 device_refused",
    ...twin,
  });
  attack("without a grant", { attack: () => open({ grant: undefined }), fails: "refused 403 not_shared", ...twin });
  attack("with a grant for another catalog", {
    attack: () =>
      open({
        grant: signGrant(served.alice.key, { catalog: music, recipient: served.carol.account, issuedAt: now() }),
      }),
    fails: "refused 403 grant_refused",
    ...twin,
  });
  attack("with a grant for somebody else", {
    attack: () =>
      open({ grant: signGrant(served.alice.key, { catalog: photos, recipient: served.bob.account, issuedAt: now() }) }),
    fails: "refused 403 account_differs",
    ...twin,
  });
  attack("with a grant of the same name by another owner", {
    attack: () =>
      open({ grant: signGrant(served.bob.key, { catalog: photos, recipient: served.carol.account, issuedAt: now() }) }),
    fails: "refused 403 grant_refused",
    ...twin,
  });
  attack("with an opening that was meant for another owner's catalog of that name", {
    attack: () => open({ wanted: { purpose: "files", owner: served.bob.account, catalog: photos } }),
    fails: "refused 421 misdirected",
    ...twin,
  });
  attack("to have things signed, where files are served", {
    attack: () => open({ wanted: { purpose: "sign", owner: served.alice.account }, grant: undefined }),
    fails: "refused 421 misdirected",
    ...twin,
  });
  attack("with an opening of yesterday, or of tomorrow", {
    attack: async () => [await open({ now: now() - 86_400 }), await open({ now: now() + 86_400 })],
    fails: ["refused 422 clock_differs", "refused 422 clock_differs"],
    ...twin,
  });
  attack("and names another account in the header that nats-server writes", {
    attack: async () => {
      const wanted = { purpose: "files", owner: served.alice.account, catalog: photos } as const;
      const { public: key } = await createOpeningKey();
      const signed = await signOpen({ device: bob!.device, wanted, grant: served.grant, key, now: now() });
      const info = { "Nats-Request-Info": JSON.stringify({ acc: served.bob.account }) };
      return carol!.ask(subjectFor(carol!), signed, info);
    },
    fails: "refused 403 account_differs",
    ...twin,
  });
  attack("of Alice's own account, as the device that serves", {
    attack: () => open({ device: served.server.device, grant: undefined }, alice),
    fails: "refused 403 role_wrong",
    twin: () => open({ grant: undefined }, alice),
    works: "answered",
  });
});

describe("an operator writes a signing key into an account's JWT", () => {
  /** A device by that key, which names the account that it wants to be of. */
  const forged = (account: string, role: "browser" | "owner") => {
    const [added, key] = [createKey("account"), createKey("user")];
    const jwt = userJwt(added, { user: key.public, name: role, role, issuedAt: now() });
    return { key, jwt: resigned(jwt, added, { nats: { issuer_account: account } }) };
  };
  attack("and opens as Carol with Carol's grant", {
    attack: () => open({ device: forged(served.carol.account, "browser") }),
    fails: "refused 403 device_refused",
    ...twin,
  });
  attack("and opens as Alice herself", {
    attack: () => open({ device: forged(served.alice.account, "owner"), grant: undefined }, alice),
    fails: "refused 403 device_refused",
    twin: () => open({ grant: undefined }, alice),
    works: "answered",
  });
  attack("and grants Alice's catalog with it", {
    attack: () => {
      const added = createKey("account");
      const request = { catalog: photos, recipient: served.carol.account, issuedAt: now() };
      const grant = signGrant(added, request);
      const named = resigned(grant, added, { nats: { issuer_account: served.alice.account } });
      return Promise.all([open({ grant }), open({ grant: named })]);
    },
    fails: ["refused 403 grant_refused", "refused 403 grant_refused"],
    ...twin,
  });
});

/** Sends what was heard, as it was; says what comes of it. */
const send = async ({ subject, body }: Pick<Heard, "subject" | "body">, by: Device = carol!) => {
  const message = await by.connection.request(subject, body, { timeout: 20_000 });
  const refused = message.headers?.get("Nats-Service-Error-Code");
  return { body: Buffer.from(message.data), refused: refused ? `${refused} ${message.json<Refused>().reason}` : "" };
};
type Refused = { readonly reason: string };
const refusedOf = async (sending: Promise<{ readonly refused: string }>) => (await sending).refused || "answered";
const right = { twin: carolReads, works: "right" };

describe("who heard everything on Carol's wire", () => {
  attack("replays her opening, and is given the same answer, sealed for her key: no session more, and no key", {
    attack: async () => {
      await carolReads();
      const { asked, reply } = last(".open");
      const again = [await send(asked), await send(asked)];
      return again.map(({ body }) => body.equals(reply.body));
    },
    fails: [true, true],
    ...right,
  });
  attack("changes a word in her opening", {
    attack: async () => {
      await carolReads();
      const { asked } = last(".open");
      const body = Buffer.from(asked.body.toString().replace('\\"time\\":1', '\\"time\\":2'));
      return refusedOf(send({ ...asked, body }));
    },
    fails: "403 signature_wrong",
    ...right,
  });
  attack("puts its own key into her opening", {
    attack: async () => {
      await carolReads();
      const { asked } = last(".open");
      const key = Buffer.from((await createOpeningKey()).public).toString("base64url");
      const body = Buffer.from(asked.body.toString().replace(/(\\"key\\":\\")[^\\]+/, `$1${key}`));
      return refusedOf(send({ ...asked, body }));
    },
    fails: "403 signature_wrong",
    ...right,
  });
  attack("asks once more what she asked: what is answered is sealed anew, and says nothing in clear", {
    attack: async () => {
      using catalog = await served.read();
      await catalog.read({ digest: digestOf(picture), offset: 0, length: 1_000 });
      const { asked, reply } = last(".read");
      const [one, other] = [await send(asked), await send(asked)];
      const sealed = [reply.body, one.body, other.body];
      // No nonce is ever used twice, so that nothing cancels out; and nothing of the picture is in it.
      const nonces = new Set(sealed.map((body) => body.subarray(0, 12).toString("hex")));
      const clear = sealed.filter((body) => body.includes(picture.subarray(100, 108)));
      return [nonces.size, clear.length];
    },
    fails: [3, 0],
    ...right,
  });
  for (const [what, change] of [
    ["one bit of what she asked", (body: Buffer) => void (body[40] = (body[40] ?? 0) ^ 1)],
    ["the counter of what she asked", (body: Buffer) => void (body[23] = (body[23] ?? 0) ^ 1)],
  ] as const) {
    attack(`changes ${what}`, {
      attack: async () => {
        using catalog = await served.read();
        await catalog.read({ digest: digestOf(picture), offset: 0, length: 1_000 });
        const { asked } = last(".read");
        const body = Buffer.from(asked.body);
        change(body);
        return refusedOf(send({ ...asked, body }));
      },
      fails: "400 seal_broken",
      ...right,
    });
  }
  attack("splices two of her questions, or asks one of another endpoint", {
    attack: async () => {
      using catalog = await served.read();
      const digest = digestOf(picture);
      await catalog.read({ digest, offset: 0, length: 1_000 });
      const { asked: one } = last(".read");
      await catalog.read({ digest, offset: 1_000, length: 1_000 });
      const { asked: other } = last(".read");
      const spliced = Buffer.concat([one.body.subarray(0, 24), other.body.subarray(24)]);
      return Promise.all([
        refusedOf(send({ ...one, body: spliced })),
        refusedOf(send({ subject: one.subject.replace(/read$/, "list"), body: one.body })),
        refusedOf(send({ ...one, body: one.body.subarray(0, 30) })),
      ]);
    },
    fails: ["400 seal_broken", "400 seal_broken", "400 seal_broken"],
    ...right,
  });
  attack("asks after her session has ended, or at another instance", {
    attack: async () => {
      using catalog = await served.read();
      await catalog.read({ digest: digestOf(picture), offset: 0, length: 1_000 });
      const { asked } = last(".read");
      await using other = await served.serve();
      const elsewhere = asked.subject.replace(serving.instance, other.instance);
      const atOther = await refusedOf(send({ ...asked, subject: elsewhere }));
      await serving.stop();
      serving = await served.serve();
      return [
        atOther,
        await refusedOf(send({ ...asked, subject: asked.subject.replace(/[^.]+\.read$/, `${serving.instance}.read`) })),
      ];
    },
    fails: ["410 session_unknown", "410 session_unknown"],
    ...right,
  });
});

test("an opening that is replayed again and again makes no session more", async () => {
  using catalog = await served.read();
  const { asked } = last(".open");
  const count = async () => {
    const stats = await served.alice.connection.request("$SRV.STATS.file-server");
    return stats.json<{ endpoints: unknown; data?: { sessions: number } }>();
  };
  const before = await count();
  for (let turn = 0; turn < 10; turn++) await Promise.all(Array.from({ length: 100 }, () => send(asked)));

  expect(JSON.stringify(await count()).match(/"sessions":\d+/g)).toEqual(
    JSON.stringify(before).match(/"sessions":\d+/g),
  );
  expect(JSON.stringify(before)).toMatch(/"sessions":[1-9]/);
  expect((await catalog.read({ digest: digestOf(picture), offset: 0, length: 5 })).length).toBe(5);
});
