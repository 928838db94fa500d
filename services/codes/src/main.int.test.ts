/** The codes service as a process of its own, on a real nats-server, with nothing but its own creds. */
import { claimMac, codeKeys, createCode, createKey, signRegistration } from "@natster/trust";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCodes } from "./codes.fixture.ts";

let system: Awaited<ReturnType<typeof startCodes>>;
beforeAll(async () => {
  system = await startCodes();
});
afterAll(() => system?.[Symbol.asyncDispose]());

const now = () => Math.floor(Date.now() / 1000);
const answerTo = "A".repeat(43);
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

test("it issues and lets one claim, ends in order on SIGTERM, and says nothing that it need not", async () => {
  await using process = await system.launch();
  const code = createCode("enrol");
  const { gate, peer } = await codeKeys(code);
  await system
    .as(system.administrator)
    .issue({ id: code.id, offer: { purpose: "enrol" }, gate: base64url(gate), expiresIn: 60 });

  const claims = await Promise.allSettled(
    [1, 2, 3].map(() => {
      const key = createKey("account");
      const registration = signRegistration(key, { code: code.id }, now());
      const transcript = { account: key.public, user: createKey("user").public, answerTo, claims: registration };
      const macs = { gate: claimMac(gate, code.id, transcript), peer: claimMac(peer, code.id, transcript) };
      return system.as(system.lobby).claim({ id: code.id, transcript, ...macs });
    }),
  );
  expect(claims.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const lost = claims.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
  expect(lost).toMatchObject([1, 2].map(() => ({ reason: "code_claimed", code: 409 })));

  process.child.kill("SIGTERM");
  expect(await process.exited).toEqual([0, null]);
  const lines = (await process.said).trim().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["listening"]);
});

test("a code that has run out is unknown, like one that never was", async () => {
  await using _process = await system.launch();
  const code = createCode("enrol");
  const { gate, peer } = await codeKeys(code);
  const key = createKey("account");
  const transcript = {
    account: key.public,
    user: createKey("user").public,
    answerTo,
    claims: signRegistration(key, { code: code.id }, now()),
  };
  const macs = { gate: claimMac(gate, code.id, transcript), peer: claimMac(peer, code.id, transcript) };
  const claim = () => system.as(key.public).claim({ id: code.id, transcript, ...macs });
  await expect(claim()).rejects.toMatchObject({ reason: "code_unknown", code: 404 });
  await system
    .as(system.administrator)
    .issue({ id: code.id, offer: { purpose: "enrol" }, gate: base64url(gate), expiresIn: 1 });
  // For a while nats-server keeps a mark without a body where the entry was.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await vi.waitFor(() => expect(claim()).rejects.toMatchObject({ reason: "code_unknown" }), 20_000);
});

test("a command that is repeated is answered with what was recorded the first time, and a code taken back leaves nothing", async () => {
  await using _process = await system.launch();
  const code = createCode("enrol");
  const { gate } = await codeKeys(code);
  const asked = { id: code.id, offer: { purpose: "enrol" }, gate: base64url(gate), expiresIn: 60 } as const;
  const issuer = system.as(system.administrator);
  const issue = () => issuer.issue(asked, { commandId: "issue-once" });
  expect(await issue()).toEqual(await issue());
  await issuer.cancel({ id: code.id });
  // The mark in its place runs out when the code would have.
  expect(await system.lives(code.id)).toMatch(/^\d+s$/);
});

test("a wrong setting is one line, and ends with 2", async () => {
  await using process = await system.launch({ NATSTER_ADMINISTRATORS: "kim" });
  expect(await process.exited).toEqual([2, null]);
  expect(await process.said).toMatch(/^codes: cannot start: NATSTER_ADMINISTRATORS: [^\n]*\n$/);
});
