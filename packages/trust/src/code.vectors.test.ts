/** The vectors of docs/codes.md: what other implementations are checked against holds for this one. */
import { readFile } from "node:fs/promises";
import { CodeId } from "@natster/contracts";
import { ClaimTranscript } from "@natster/contracts/codes";
import { base64urlnopad } from "@scure/base";
import * as z from "zod";
import { expect, test } from "vitest";
import { canonicalClaim, claimHash, claimMac, codeKeys, parseCode } from "./code.ts";
import { CodeAnswer, openAnswer } from "./code-answer.ts";

const text = await readFile(new URL("../../../docs/codes.md", import.meta.url), "utf8");
const said = z
  .looseObject({
    code: z.string(),
    id: CodeId,
    transcript: ClaimTranscript,
    answer: CodeAnswer,
    answerKey: z.object({ public: z.string(), secret: z.string() }),
    sealedAnswer: z.string(),
  })
  .parse(JSON.parse(/```json\n([^`]+)```/.exec(text)?.[1] ?? ""));

test("keys, MACs, hash and answer are those that the document gives", async () => {
  const { id, transcript, answerKey } = said;
  const code = parseCode(said.code);
  if (!code) throw new Error("no code");
  const { gate, peer, seal } = await codeKeys(code);
  const claim = claimHash(id, transcript);
  expect(said).toMatchObject({
    id: code.id,
    secret: code.secret,
    gate: base64urlnopad.encode(gate),
    peer: base64urlnopad.encode(peer),
    seal: base64urlnopad.encode(seal),
    canonicalBytes: canonicalClaim(id, transcript).length,
    gateMac: claimMac(gate, id, transcript),
    peerMac: claimMac(peer, id, transcript),
    claim,
  });
  expect(await openAnswer(said.sealedAnswer, answerKey, { id, claim, seal })).toEqual({ answer: said.answer });
});
