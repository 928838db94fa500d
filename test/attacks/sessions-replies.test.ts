/** Whoever runs nats-server puts something else in a reply's place: it is refused by name, and nothing of it is believed. */
import { readdir } from "node:fs/promises";
import { InstanceId, SignedText } from "@natster/contracts";
import { maxRange } from "@natster/contracts/files";
import type { CatalogReader } from "@natster/files";
import { mirror } from "@natster/files/download";
import type { ServedCatalog } from "@natster/file-server";
import { createKey, openHash, type SessionDevice, signAnswer, userJwt } from "@natster/trust";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { attack } from "./attack.fixture.ts";
import { resigned } from "./jwt.fixture.ts";
import { digestOf, now, openServed, outcomeOf, picture, type Served } from "./served.fixture.ts";
import type { Change, Heard } from "./wire.fixture.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let served: Served;
let serving: ServedCatalog;
let catalog: CatalogReader;
beforeAll(async () => {
  served = await openServed();
  serving = await served.serve();
  catalog = await served.read();
});
afterAll(async () => {
  await serving?.stop();
  await served?.[Symbol.asyncDispose]();
});

const digest = digestOf(picture);
const read = async (offset: number): Promise<string> => {
  const bytes = await catalog.read({ digest, offset, length: 1_000 });
  return picture.subarray(offset, offset + 1_000).equals(bytes) ? "right" : "wrong";
};
/** Two ranges at once, over a wire that does this to the replies. */
const readTwo = (verb: string, change: Change) => async () => {
  served.wire.change(verb, change);
  const came = await Promise.all([outcomeOf(() => read(1_000)), outcomeOf(() => read(2_000))]);
  served.wire.honest();
  return came;
};
const twin = {
  twin: async () => Promise.all([read(1_000), read(2_000)]),
  works: ["right", "right"],
};
const broken = ["SealBrokenError", "SealBrokenError"];
/** With another body. */
const put =
  (change: (body: Buffer, heard: Heard) => Buffer): Change =>
  (reply, pass) =>
    pass({ ...reply, body: change(Buffer.from(reply.body), reply) });
const flip = (at: number) =>
  put((body) => {
    const index = at < 0 ? body.length + at : at;
    body[index] = 255 - (body[index] ?? 0);
    return body;
  });
/** Holds each reply back until there are two, and then lets both go with what this makes of them. */
const both = (mix: (one: Heard, other: Heard) => readonly [Buffer, Buffer]): Change => {
  let held: { readonly reply: Heard; readonly pass: (reply: Heard) => void } | undefined;
  return (reply, pass) => {
    if (!held) {
      held = { reply, pass };
      return;
    }
    const [one, other] = mix(held.reply, reply);
    held.pass({ ...held.reply, body: one });
    pass({ ...reply, body: other });
  };
};

/** What was answered to the last question. */
const saidLast = () => {
  const question = served.wire.asked.findLast(({ subject }) => subject.endsWith(".read"));
  const { body } = (question && served.wire.replies.get(question)) ?? {};
  if (!body) throw new Error("nothing was answered");
  return () => Buffer.from(body);
};

describe("what is read on the way to Carol", () => {
  for (const [what, at] of [
    ["counter", 11],
    ["worker", 0],
    ["content", 500],
    ["seal", -1],
  ] as const) {
    attack(`is tampered with: one byte of its ${what}`, { attack: readTwo(".read", flip(at)), fails: broken, ...twin });
  }
  attack("is cut off", {
    attack: readTwo(
      ".read",
      put((body) => body.subarray(0, -1)),
    ),
    fails: broken,
    ...twin,
  });
  attack("is nothing at all", {
    attack: readTwo(
      ".read",
      put(() => Buffer.alloc(0)),
    ),
    fails: broken,
    ...twin,
  });
  attack("is in clear", {
    attack: readTwo(
      ".read",
      put(() => picture.subarray(0, 1_029)),
    ),
    fails: broken,
    ...twin,
  });
  attack("comes in another order", {
    attack: readTwo(
      ".read",
      both((one, other) => [other.body, one.body]),
    ),
    fails: broken,
    ...twin,
  });
  attack("is spliced from two replies", {
    attack: readTwo(
      ".read",
      both((one, other) => [
        Buffer.concat([one.body.subarray(0, 500), other.body.subarray(500)]),
        Buffer.concat([other.body.subarray(0, 12), one.body.subarray(12)]),
      ]),
    ),
    fails: broken,
    ...twin,
  });
  attack("was said before in the same session, to the very same question", {
    attack: async () => {
      await read(1_000);
      return readTwo(".read", put(saidLast()))();
    },
    fails: broken,
    ...twin,
  });
  attack("was said in another session, to the same question", {
    attack: async () => {
      using other = await served.read();
      await other.read({ digest, offset: 1_000, length: 1_000 });
      return readTwo(".read", put(saidLast()))();
    },
    fails: broken,
    ...twin,
  });
  attack("is what Carol herself asked, sent back", {
    attack: readTwo(".read", (reply, pass, asked) => pass({ ...reply, body: asked.body })),
    fails: broken,
    ...twin,
  });
  attack("becomes another listing, in the middle of a mirror", {
    attack: async () => {
      served.wire.change(".list", flip(100));
      const target = await served.newFolder();
      const how = await outcomeOf(async () => (await mirror(catalog, target)).failed);
      served.wire.honest();
      return [how, (await readdir(target)).filter((name) => name !== ".natster")];
    },
    fails: ["SealBrokenError", []],
    twin: async () => {
      const target = await served.newFolder();
      const how = await outcomeOf(async () => (await mirror(catalog, target)).failed);
      return [how, (await readdir(target)).filter((name) => name !== ".natster").toSorted()];
    },
    works: [0, ["2026", "b.txt"]],
  });
});

/** Two small files at once, each asked for in a request of its own, over a wire that does this to the replies. */
const readSmall = (change: Change) => async () => {
  served.wire.change(".readmany", change);
  const whole = async (content: Buffer) => {
    using reader = await served.read();
    const bytes = await reader.readSmall({ digest: digestOf(content), size: content.length });
    return content.equals(bytes) ? "right" : "wrong";
  };
  const came = await Promise.all([picture, note].map((content) => outcomeOf(() => whole(content))));
  served.wire.honest();
  return came;
};
const note = Buffer.from("what Carol may read");

describe("small files that come together, on the way to Carol", () => {
  const honest = { twin: readSmall((reply, pass) => pass(reply)), works: ["right", "right"] };
  attack("are tampered with: one byte of a length", { attack: readSmall(flip(13)), fails: broken, ...honest });
  attack("are cut off", { attack: readSmall(put((body) => body.subarray(0, -1))), fails: broken, ...honest });
  attack("are two replies, each in the other's place", {
    attack: readSmall(both((one, other) => [other.body, one.body])),
    fails: broken,
    ...honest,
  });
  attack("are spliced from two replies", {
    attack: readSmall(
      both((one, other) => [
        Buffer.concat([one.body.subarray(0, 20), other.body.subarray(20)]),
        Buffer.concat([other.body.subarray(0, 20), one.body.subarray(20)]),
      ]),
    ),
    fails: broken,
    ...honest,
  });
});

/** What comes of opening when this is answered in the place of Alice's instance. */
const opening = (change: (answer: SignedText, opening: SignedText) => Promise<SignedText>) => async () => {
  served.wire.change(".open", (reply, pass, asked) => {
    const [answer, open] = [reply.body, asked.body].map((body) => SignedText.parse(JSON.parse(body.toString())));
    if (!answer || !open) throw new Error("no opening");
    void change(answer, open).then((said) => pass({ ...reply, body: Buffer.from(JSON.stringify(said)) }));
  });
  const how = await outcomeOf(opens);
  served.wire.honest();
  return how;
};
const opens = async () => {
  using opened = await served.read();
  return (await Array.fromAsync(opened.entries())).length;
};
const reads = { twin: opens, works: 2 };

/** What an answer says in clear. */
const clearOf = ({ text }: SignedText) => {
  const { session, enc, sealed, ...rest } = AnswerText.parse(JSON.parse(text));
  return { ...rest, session: bytesOf(session), enc: bytesOf(enc), sealed: bytesOf(sealed) };
};
const AnswerText = z.object({
  session: z.string(),
  instance: InstanceId,
  enc: z.string(),
  sealed: z.string(),
  expires: z.number(),
});
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, "base64url"));

/** An answer to an opening by somebody else's device, as good as that somebody can make it. */
const answeredBy = (made: () => SessionDevice) =>
  opening((answer, open) => signAnswer(made(), openHash(open), clearOf(answer)));
/** What was answered to an opening before. */
const answeredBefore = async (): Promise<SignedText> => {
  await opens();
  const before = served.wire.asked.findLast(({ subject }) => subject.endsWith(".open"));
  return SignedText.parse(JSON.parse(String(before && served.wire.replies.get(before)?.body)));
};
const made = (role: "server" | "owner", by: Parameters<typeof userJwt>[0]) => {
  const key = createKey("user");
  return { key, jwt: userJwt(by, { user: key.public, name: role, role, issuedAt: now() }) };
};

describe("whoever answers when Carol opens a session", () => {
  attack("is a device of Bob's", {
    attack: answeredBy(() => made("server", served.bob.key)),
    fails: "UntrustedInstanceError device_refused",
    ...reads,
  });
  attack("is a device of Alice's that does not serve", {
    attack: answeredBy(() => made("owner", served.alice.key)),
    fails: "UntrustedInstanceError role_wrong",
    ...reads,
  });
  attack("has a JWT that names Alice's account, by a signing key", {
    attack: answeredBy(() => {
      const operators = createKey("account");
      const { key, jwt } = made("server", operators);
      return { key, jwt: resigned(jwt, operators, { nats: { issuer_account: served.alice.account } }) };
    }),
    fails: "UntrustedInstanceError device_refused",
    ...reads,
  });
  attack("has the JWT of Alice's serving device, and not its key", {
    attack: answeredBy(() => ({ jwt: served.server.device.jwt, key: createKey("user") })),
    fails: "UntrustedInstanceError signature_wrong",
    ...reads,
  });
  attack("names another instance, where it would rather be asked", {
    attack: opening(async (answer) => ({ ...answer, text: answer.text.replace(serving.instance, "elsewhere") })),
    fails: "UntrustedInstanceError signature_wrong",
    ...reads,
  });
  attack("says what Alice's instance said to an opening before", {
    attack: async () => {
      const before = await answeredBefore();
      return opening(async () => before)();
    },
    fails: "UntrustedInstanceError signature_wrong",
    ...reads,
  });
  attack("is Alice's own device, which sealed for another opening", {
    attack: async () => {
      const { enc } = clearOf(await answeredBefore());
      return opening((answer, open) => signAnswer(served.server.device, openHash(open), { ...clearOf(answer), enc }))();
    },
    fails: "UntrustedInstanceError sealed_for_another",
    ...reads,
  });
});

test("a reply that is lost is asked for again, and the largest range passes over the same wire", async () => {
  let lost = 0;
  served.wire.change(".read", (reply, pass) => {
    if (++lost > 1) pass(reply);
  });
  expect(await read(3_000)).toBe("right");
  expect(lost).toBeGreaterThan(1);
  served.wire.honest();
  expect(picture.equals(await catalog.read({ digest, offset: 0, length: maxRange }))).toBe(true);
});
