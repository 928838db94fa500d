import { CatalogName } from "@natster/contracts";
import { base64urlnopad } from "@scure/base";
import { expect, test } from "vitest";
import { codeKeys, createCode } from "./code.ts";
import { type AnswerContext, createAnswerKey, openAnswer, sealAnswer } from "./code-answer.ts";
import { alice, bob, now, photos } from "./fixtures.ts";
import { signGrant } from "./grant.ts";

const grant = signGrant(alice, { recipient: bob.public, catalog: photos, issuedAt: now });
const answer = { purpose: "share", owner: alice.public, catalog: photos, grant } as const;
const hash = (byte: number) => base64urlnopad.encode(new Uint8Array(32).fill(byte));

async function sealed() {
  const { id } = createCode("share");
  const { seal } = await codeKeys({ id, secret: "000000000000" });
  const context: AnswerContext = { id, claim: hash(1), seal };
  const key = await createAnswerKey();
  return { key, context, text: await sealAnswer(answer, key.public, context) };
}

test("an answer is read by the claimant it is for", async () => {
  const { key, context, text } = await sealed();
  expect(await openAnswer(text, key, context)).toEqual({ answer });
});

test("an answer is of one code, one claim and one claimant, and nobody changes it", async () => {
  const { key, context, text } = await sealed();
  const changed = base64urlnopad.decode(text);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  const attempts = [
    [text, await createAnswerKey(), context],
    [text, key, { ...context, claim: hash(2) }],
    [text, key, { ...context, id: createCode("share").id }],
    [text, key, { ...context, seal: new Uint8Array(32) }],
    [base64urlnopad.encode(changed), key, context],
    [text.slice(0, 64), key, context],
    ["", key, context],
  ] as const;
  for (const [other, by, about] of attempts)
    expect(await openAnswer(other, by, about)).toEqual({ refused: "answer_forged" });
});

test("the same answer is sealed to other bytes each time", async () => {
  const { key, context, text } = await sealed();
  expect(await sealAnswer(answer, key.public, context)).not.toBe(text);
});

test("what is no X25519 key is answered with nothing", async () => {
  const { context } = await sealed();
  await expect(sealAnswer(answer, hash(0).slice(0, 20), context)).rejects.toThrow(/key/i);
  await expect(
    sealAnswer({ ...answer, catalog: CatalogName.parse("photos") }, hash(0), context),
    "the point of small order",
  ).rejects.toThrow(/key|encap|operation failed/i);
});
