import { CatalogName, InstanceId, type SignedText } from "@natster/contracts";
import {
  createKey,
  createOpeningKey,
  type Key,
  openHash,
  openSession,
  readAnswer,
  ReaderSession,
  SealBrokenError,
  type SessionDevice,
  signGrant,
  signOpen,
  userJwt,
} from "@natster/trust";
import { expect, onTestFinished, test } from "vitest";
import { Revoked } from "./revoked.ts";
import { Sessions, type SessionsOptions } from "./sessions.ts";

const [alice, bob, carol] = [createKey("account"), createKey("account"), createKey("account")];
const photos = CatalogName.parse("photos");
const wanted = { purpose: "files", owner: alice.public, catalog: photos } as const;
const start = Math.floor(Date.now() / 1000);

function deviceOf(account: Key<"account">, role: "owner" | "browser" | "server", expires?: number): SessionDevice {
  const key = createKey("user");
  const request = { user: key.public, name: role, role, issuedAt: start - 60, ...(expires && { expires }) };
  return { key, jwt: userJwt(account, request) };
}
const server = deviceOf(alice, "server");
const phones = new Map([bob, carol].map((account) => [account.public, deviceOf(account, "browser")]));

/** Sessions on a clock that is moved by hand. */
function aTable(options: Partial<SessionsOptions> = {}) {
  const clock = { now: start };
  const revoked = new Revoked();
  const sessions = new Sessions({
    device: server,
    instance: InstanceId.parse("instance1"),
    wanted,
    welcome: () => ({ revision: 1, maxRange: 1 }),
    publication: () => undefined,
    isRevoked: revoked.isRevoked,
    now: () => clock.now,
    ...options,
  });
  onTestFinished(() => sessions[Symbol.dispose]());

  const signed = async (account = bob, expires?: number, granted = true) => {
    const key = await createOpeningKey();
    const device = phones.get(account.public)!;
    const of = { catalog: photos, recipient: account.public, issuedAt: start - 30, ...(expires && { expires }) };
    const grant = granted ? signGrant(alice, of) : undefined;
    return { key, open: await signOpen({ device, wanted, grant, key: key.public, now: clock.now }) };
  };
  /** Opens a session as its reader has it. */
  const open = async (account = bob, expires?: number, granted?: boolean) => {
    const { key, open } = await signed(account, expires, granted);
    const answer = (await sessions.open(open, account.public)) as SignedText;
    const hash = openHash(open);
    const read = readAnswer(answer, { wanted, openHash: hash, now: clock.now });
    if (read.refused !== undefined) throw new Error(read.refused);
    const { secrets } = await openSession(key, hash, read);
    const reader = new ReaderSession(read.session, secrets.requests, await secrets.replies(0));
    return { open, expires: read.expires, ask: async () => (await reader.request("list", new Uint8Array())).frame };
  };
  /** Asks in it: whether it is there. */
  const isThere = async ({ ask }: { ask: () => Promise<Uint8Array> }): Promise<boolean> => {
    const found = sessions.find(await ask());
    if (found) sessions.used(found);
    return found !== undefined;
  };
  return { sessions, revoked, clock, signed, open, isThere };
}

test("a session ends after ten minutes without use, and lasts as long as it is used", async () => {
  const { clock, open, isThere, sessions } = aTable();
  const [used, idle] = [await open(), await open()];
  for (let minute = 0; minute < 9; minute += 3) {
    clock.now += 180;
    expect(await isThere(used)).toBe(true);
  }
  clock.now += 60;
  expect([await isThere(used), await isThere(idle)]).toEqual([true, false]);
  expect(sessions.size).toBe(1);
});

test("a session ends after an hour however much it is used, and with the grant or the JWT that it rests on", async () => {
  const { clock, open, isThere } = aTable();
  const [long, short] = [await open(bob), await open(carol, start + 100)];
  expect([long.expires - start, short.expires - start]).toEqual([3_600, 100]);
  clock.now = start + 99;
  expect([await isThere(long), await isThere(short)]).toEqual([true, true]);
  clock.now = start + 100;
  expect([await isThere(long), await isThere(short)]).toEqual([true, false]);
  for (clock.now = start + 400; clock.now < start + 3_600; clock.now += 300) expect(await isThere(long)).toBe(true);
  expect(await isThere(long)).toBe(false);
});

test("a session by a publication ends with it; one by a grant, or of a publication without an end, does not", async () => {
  let until: number | undefined = start + 100;
  const { clock, open, isThere } = aTable({ publication: () => ({ until }) });
  const [granted, published] = [await open(bob), await open(carol, undefined, false)];
  until = undefined;
  const endless = await open(carol, undefined, false);
  expect([granted, published, endless].map(({ expires }) => expires - start)).toEqual([3_600, 100, 3_600]);
  clock.now = start + 100;
  expect([await isThere(granted), await isThere(published), await isThere(endless)]).toEqual([true, false, true]);
});

test("an account has so many sessions at the most, and takes none of another's place", async () => {
  const { sessions, open, isThere } = aTable({ mostOfAccount: 3 });
  const other = await open(carol);
  const first = await open();
  await isThere(first);
  const later = [await open(), await open(), await open()];

  expect(sessions.size).toBe(4);
  expect(await isThere(other)).toBe(true);
  // Those go first whose reader never showed the key.
  expect(await isThere(first)).toBe(true);
  expect(await Promise.all(later.map(isThere))).toEqual([false, true, true]);
});

test("an instance has so many at the most: of those that were used, the one that was used longest ago goes", async () => {
  const { sessions, open, isThere } = aTable({ most: 3 });
  const [one, two, three] = [await open(bob), await open(carol), await open(bob)];
  for (const each of [one, two, three, one]) await isThere(each);
  const four = await open(carol);

  expect(sessions.size).toBe(3);
  expect(await Promise.all([one, two, three, four].map(isThere))).toEqual([true, false, true, true]);
});

test("many openings at once are no more than there may be", async () => {
  const { sessions, signed } = aTable({ mostOfAccount: 5 });
  const openings = await Promise.all(Array.from({ length: 40 }, () => signed()));
  await Promise.all(openings.map(({ open }) => sessions.open(open, bob.public)));
  expect(sessions.size).toBe(5);
});

test("the same opening again gets the same answer, and is one session", async () => {
  const { sessions, signed } = aTable();
  const { open } = await signed();
  const answers = await Promise.all([sessions.open(open, bob.public), sessions.open(open, bob.public)]);
  expect(answers[0]).toEqual(answers[1]);
  expect(await sessions.open(open, bob.public)).toEqual(answers[0]);
  expect(sessions.size).toBe(1);
});

test("the keys are gone when a session ends, also for what is under way", async () => {
  const { sessions, open } = aTable();
  const { ask } = await open();
  const [first, second] = [await ask(), await ask()];
  const found = sessions.find(first)!;
  const request = await found.session.request("list", first);
  expect(request.body).toHaveLength(0);
  sessions.endWhere(({ account }) => account === bob.public);

  expect(found.ended.aborted).toBe(true);
  expect(sessions.find(second)).toBeUndefined();
  // Whoever kept the session opens nothing with it, and what it seals does not open with the keys that were.
  await expect(found.session.request("list", second)).rejects.toThrow(SealBrokenError);
});

test("what is taken back while a session is being opened is refused, and no session is left", async () => {
  const { sessions, revoked, signed } = aTable();
  const { open } = await signed();
  const opening = sessions.open(open, bob.public);
  revoked.add(bob.public, start);
  sessions.endWhere(() => true);
  expect(await opening).toEqual({ refused: "revoked" });
  expect(sessions.size).toBe(0);
  expect(await sessions.open(open, bob.public)).toEqual({ refused: "revoked" });
});

test("when the instance stops, every session is over, and none that is being opened comes after", async () => {
  const { sessions, open, signed, isThere } = aTable();
  const there = await open();
  const { open: late } = await signed(carol);
  const opening = sessions.open(late, carol.public);
  sessions[Symbol.dispose]();
  expect(await opening).toHaveProperty("refused");
  expect([sessions.size, await isThere(there)]).toEqual([0, false]);
});
