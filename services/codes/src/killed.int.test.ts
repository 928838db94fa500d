/** The codes service killed between any two steps: no code is lost, and none lets a second in. */
import type { CodeId } from "@natster/contracts";
import { claimHash, claimMac, type Code, codeKeys, createCode, createKey, signRegistration } from "@natster/trust";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCodes } from "./codes.fixture.ts";

// Each test starts the service several times, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 180_000 });

let system: Awaited<ReturnType<typeof startCodes>>;
beforeAll(async () => {
  system = await startCodes();
});
afterAll(() => system?.[Symbol.asyncDispose]());

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const quick = { timeout: 2_000 };

async function aCode() {
  const code = createCode("share");
  const { gate } = await codeKeys(code);
  const offer = { purpose: "share", catalog: "photos" as never } as const;
  return { code, issue: { id: code.id, offer, gate: base64url(gate), expiresIn: 600 } };
}

async function aClaim(code: Code) {
  const { gate, peer } = await codeKeys(code);
  const account = createKey("account");
  const claims = signRegistration(account, { code: code.id }, Math.floor(Date.now() / 1000));
  const transcript = {
    account: account.public,
    user: createKey("user").public,
    answerTo: base64url(crypto.getRandomValues(new Uint8Array(32))),
    claims,
  };
  const macs = { gate: claimMac(gate, code.id, transcript), peer: claimMac(peer, code.id, transcript) };
  return { id: code.id, hash: claimHash(code.id, transcript), request: { id: code.id, transcript, ...macs } };
}

const answer = (id: CodeId, claim: string) => ({ id, claim, answer: "A".repeat(64) });

const issuer = () => system.as(system.administrator);
const newcomer = () => system.as(system.lobby);

test.for(["events.code.", "$KV.open_codes."])("issuing, killed before %s, is done by asking again", async (place) => {
  const { code, issue } = await aCode();
  const commandId = crypto.randomUUID();
  {
    await using dying = await system.launch({ KILLED_AT: place }, "killed.fixture.ts");
    await expect(issuer().issue(issue, { ...quick, commandId })).rejects.toThrow(/no answer|nobody answers/i);
    expect(await dying.exited).toEqual([null, "SIGKILL"]);
  }
  await using _service = await system.launch();
  await issuer().issue(issue, { commandId });
  const claim = await aClaim(code);
  await expect(newcomer().claim(claim.request)).resolves.toMatchObject({ claim: claim.hash });
});

test.for(["events.code.", "$KV.open_codes."])(
  "a claim, killed before %s, is made by the same claimant, and by no other once it is recorded",
  async (place) => {
    const { code, issue } = await aCode();
    const [mine, other] = await Promise.all([aClaim(code), aClaim(code)]);
    {
      await using _first = await system.launch();
      await issuer().issue(issue);
    }
    {
      await using dying = await system.launch({ KILLED_AT: place }, "killed.fixture.ts");
      await expect(newcomer().claim(mine.request, quick)).rejects.toThrow(/no answer|nobody answers/i);
      expect(await dying.exited).toEqual([null, "SIGKILL"]);
    }
    await using _service = await system.launch();
    // Before it is recorded whoever comes first is the one, so the other comes only after that.
    const isRecorded = place.startsWith("$KV");
    if (!isRecorded) await newcomer().claim(mine.request);
    await expect(newcomer().claim(other.request)).rejects.toMatchObject({ reason: "code_claimed" });
    await expect(newcomer().claim(mine.request)).resolves.toMatchObject({ claim: mine.hash });
    await expect(newcomer().claim(other.request)).rejects.toMatchObject({ reason: "code_claimed" });
    await expect(newcomer().collect({ id: code.id, claim: mine.hash })).resolves.toMatchObject({ state: "waiting" });
  },
);

test.for(["events.code.", "$KV.open_codes."])("an answer, killed before %s, is left by asking again", async (place) => {
  const { code, issue } = await aCode();
  const claim = await aClaim(code);
  {
    await using _first = await system.launch();
    await issuer().issue(issue);
    await newcomer().claim(claim.request);
  }
  {
    await using dying = await system.launch({ KILLED_AT: place }, "killed.fixture.ts");
    await expect(system.fulfil(answer(code.id, claim.hash))).rejects.toThrow(/timeout|no responders/i);
    expect(await dying.exited).toEqual([null, "SIGKILL"]);
  }
  await using _service = await system.launch();
  const collect = () => newcomer().collect({ id: code.id, claim: claim.hash });
  // What is recorded is found where the entry does not have it yet.
  const isRecorded = place.startsWith("$KV");
  await expect(collect()).resolves.toMatchObject({ state: isRecorded ? "answered" : "waiting" });
  await system.fulfil(answer(code.id, claim.hash));
  await expect(collect()).resolves.toEqual({ state: "answered", answer: "A".repeat(64) });
});

test("of a thousand who claim one code at once, one wins, and the winner wins again", async () => {
  await using _service = await system.launch();
  const { code, issue } = await aCode();
  await issuer().issue(issue);
  const { gate, peer } = await codeKeys(code);
  const claims = Array.from({ length: 1_000 }, () => {
    const account = createKey("account");
    const claim = signRegistration(account, { code: code.id }, Math.floor(Date.now() / 1000));
    const answerTo = base64url(crypto.getRandomValues(new Uint8Array(32)));
    const transcript = { account: account.public, user: createKey("user").public, answerTo, claims: claim };
    const macs = { gate: claimMac(gate, code.id, transcript), peer: claimMac(peer, code.id, transcript) };
    return { id: code.id, transcript, ...macs };
  });
  const ask = (claim: (typeof claims)[number]) => newcomer().claim(claim, { timeout: 90_000 });
  const said = await Promise.allSettled(claims.map(ask));
  const winners = claims.filter((_, index) => said[index]?.status === "fulfilled");
  expect(winners).toHaveLength(1);
  expect(
    new Set(said.flatMap((each) => (each.status === "rejected" ? [(each.reason as { reason: string }).reason] : []))),
  ).toEqual(new Set(["code_claimed"]));
  for (const winner of winners) await expect(ask(winner)).resolves.toHaveProperty("claim");
});
