/** What becomes of a word of the platform's that is lost. The platform is a voice in the owner's account, and may be silent. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AccountKey, UnixTime, UserKey } from "@natster/contracts";
import type { Entry } from "@natster/contracts/activity";
import { feedHeard, revocationsSaid } from "@natster/contracts/borders";
import { type Catalog, type FeedNotice, projector } from "@natster/contracts/library";
import { silentLog } from "@natster/micro";
import { createKey, signPublication, signRevocation } from "@natster/trust";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { hearChanges } from "./hear-changes.ts";
import { keptFile } from "./kept.ts";
import { type Nats, photos, startNats } from "./nats.fixture.ts";
import { Publicity } from "./publicity.ts";
import { Revoked } from "./revoked.ts";
import type { OpenedSession } from "./sessions.ts";

let nats: Nats;
beforeAll(async () => void (nats = await startNats()));
afterAll(() => nats?.[Symbol.asyncDispose]());

const now = () => Math.floor(Date.now() / 1000);
const hourAgo = now() - 3_600;
const timeOf = (second: number) => new Date(second * 1000).toISOString();
const bob = createKey("account").public;
const phone = createKey("user").public;

/** Lines of the owner's trail. */
const happened = (sequence: number) => ({ sequence, time: timeOf(hourAgo), actor: nats.owner, command: "test.tell" });
const unshared = (sequence: number, recipient = bob) => ({
  about: "share" as const,
  event: "unshared" as const,
  owner: nats.owner,
  catalog: photos,
  recipient,
  ...happened(sequence),
});
const imported = (sequence: number): Entry => ({ ...unshared(sequence), event: "imported" });
const lost = (sequence: number): Entry => ({
  about: "device",
  event: "device_revoked",
  user: phone,
  ...happened(sequence),
});

/** The platform, away until it is begun; it answers, and says of its own accord only what a test has it say. */
async function aPlatform() {
  const connection = await nats.connect("owner");
  onTestFinished(() => connection.close());
  const since = timeOf(hourAgo - 60);
  const publication = { catalog: photos, from: now() - 30 };
  let catalog: Catalog & { online: boolean } = { owner: nats.owner, catalog: photos, since, online: false };
  let trail: readonly Entry[] = [];
  const answers = {
    [projector.endpoints.catalog.subject]: () => catalog,
    [projector.endpoints.activity.subject]: ({ cursor = "0", limit = 0 }: { cursor?: string; limit?: number }) => {
      const [from, to] = [Number(cursor), Number(cursor) + limit];
      return { rows: trail.slice(from, to), ...(to < trail.length && { cursor: `${to}` }) };
    },
  };
  const say = (notice: FeedNotice) => connection.publish(feedHeard.replace(">", notice.kind), JSON.stringify(notice));
  return {
    publish(until?: UnixTime) {
      const statement = signPublication(nats.keys.owner, { ...publication, until });
      catalog = { ...catalog, published: { statement, since } };
    },
    unpublish: () => void (catalog = { ...catalog, published: undefined, statementsVoidUntil: now() }),
    makeAnew: () => void (catalog = { ...catalog, since: timeOf(now()) }),
    /** The owner's trail, the line first that was written last. */
    record: (...lines: readonly Entry[]) => void (trail = lines),
    say,
    saySigned: (revocation: string) => connection.publish(revocationsSaid, revocation),
    sayUnshared: (sequence: number) =>
      say({ kind: "share", event: "unshared", owner: nats.owner, catalog: photos, recipient: bob, sequence }),
    close: () => connection.close(),
    async begin() {
      for (const [subject, answer] of Object.entries(answers)) {
        connection.subscribe(subject, {
          callback: (_, message) => void message.respond(JSON.stringify(answer(message.json()))),
        });
      }
      await connection.flush();
    },
  };
}

/** Hears for a catalog that Bob has a session with: what it came to believe, and whether that session has ended. */
async function hearing(lookEvery: number, { file, grantedAt }: { file?: string; grantedAt?: number } = {}) {
  const [connection, publicity] = [await nats.connect("owner"), new Publicity(nats.owner, photos)];
  const revoked = new Revoked(file);
  const session = { account: bob, user: phone, since: hourAgo, grantedAt } as OpenedSession;
  let ended = false;
  const sessions = { endWhere: (holds: (session: OpenedSession) => boolean) => void (ended ||= holds(session)) };
  const log = silentLog();
  const error = vi.spyOn(log, "error");
  const its = { connection, owner: nats.owner, catalog: photos, revoked, publicity, sessions, log };
  const heard = await hearChanges({ ...its, lookEvery });
  onTestFinished(() => heard[Symbol.asyncDispose]());
  const isVoid = (to: AccountKey | UserKey, at = hourAgo) => revoked.isRevoked({ to, at });
  const reopen = () => void (ended = false);
  return {
    isPublic: () => publicity.publication(now()) !== undefined,
    isVoid,
    ended: () => ended,
    reopen,
    connection,
    revoked,
    error,
  };
}
const seldom = 3_600_000;
const soon = { timeout: 20_000 };

test("a publication and its end are noticed where their notices are lost", async () => {
  const platform = await aPlatform();
  await platform.begin();
  const { isPublic, ended, reopen } = await hearing(50);
  expect(isPublic()).toBe(false);
  platform.publish();
  await expect.poll(isPublic, soon).toBe(true);
  reopen();
  platform.unpublish();
  await expect.poll(isPublic, soon).toBe(false);
  await expect.poll(ended, soon).toBe(true);
});

test("a platform that is away at the start is asked until it answers", async () => {
  const platform = await aPlatform();
  platform.publish();
  const { isPublic } = await hearing(seldom);
  expect(isPublic()).toBe(false);
  await platform.begin();
  await expect.poll(isPublic, soon).toBe(true);
});

test("a publication that ends by itself ends what rests on it, with a platform that is silent by then", async () => {
  const platform = await aPlatform();
  await platform.begin();
  platform.publish(now() + 1);
  const { isPublic, ended, reopen } = await hearing(50);
  reopen();
  await platform.close();
  await expect.poll(isPublic, soon).toBe(false);
  await expect.poll(ended, soon).toBe(true);
});

test("what was missed while the connection was away is noticed when it is back", async () => {
  const platform = await aPlatform();
  await platform.begin();
  const { isPublic, connection } = await hearing(seldom);
  platform.publish();
  await connection.reconnect();
  await expect.poll(isPublic, soon).toBe(true);
});

test("a line of the trail that was written after those of later events is read", async () => {
  const platform = await aPlatform();
  await platform.begin();
  platform.record(imported(100));
  const { isVoid, revoked } = await hearing(50);
  await expect.poll(() => revoked.heard, soon).toBe(100);
  platform.record(unshared(95), imported(100));
  await expect.poll(() => isVoid(bob), soon).toBe(true);
});

test("where the trail does not know of an unsharing that was told, everything up to now is void", async () => {
  const platform = await aPlatform();
  await platform.begin();
  platform.record(imported(100));
  const { isVoid } = await hearing(seldom);
  const told = now();
  platform.sayUnshared(95);
  await expect.poll(() => isVoid(bob, told), soon).toBe(true);
});

test("where the platform is silent when an unsharing is told, everything up to now is void", async () => {
  const platform = await aPlatform();
  const { isVoid } = await hearing(seldom);
  const told = now();
  platform.sayUnshared(95);
  await expect.poll(() => isVoid(bob, told), soon).toBe(true);
});

test("an unsharing ends sessions at once, and voids what was given before it alone", async () => {
  const platform = await aPlatform();
  await platform.begin();
  const { isVoid, ended } = await hearing(seldom, { grantedAt: now() });
  platform.record(unshared(100));
  platform.sayUnshared(100);
  await expect.poll(() => isVoid(bob), soon).toBe(true);
  expect([ended(), isVoid(bob, hourAgo + 1)]).toEqual([true, false]);
});

test("a device that was revoked is looked up in the trail when it is told of", async () => {
  const platform = await aPlatform();
  await platform.begin();
  const { isVoid, ended } = await hearing(seldom, { grantedAt: now() });
  platform.record(lost(100));
  platform.say({ kind: "device", user: phone, sequence: 100 });
  await expect.poll(() => isVoid(phone), soon).toBe(true);
  expect(ended()).toBe(true);
});

test("a catalog that was made anew opens to no grant from before, and ends what rests on one", async () => {
  const platform = await aPlatform();
  await platform.begin();
  const { isVoid, ended } = await hearing(50, { grantedAt: now() - 10 });
  expect([isVoid(bob, now() - 10), ended()]).toEqual([false, false]);
  platform.makeAnew();
  await expect.poll(ended, soon).toBe(true);
  expect(isVoid(bob, now() - 10)).toBe(true);
});

test("what cannot be written down is obeyed and said once, and written when it is said again", async () => {
  const platform = await aPlatform();
  const folder = join(await nats.newFolder(), "state");
  const file = keptFile(folder, nats.owner, photos);
  const { isVoid, ended, error } = await hearing(seldom, { file, grantedAt: hourAgo });
  writeFileSync(folder, "in the way, as a full disk is");
  platform.saySigned(signRevocation(nats.keys.owner, { to: bob, catalog: photos, until: hourAgo }));
  await expect.poll(ended, soon).toBe(true);
  await expect.poll(() => error.mock.calls.length, soon).toBe(1);
  expect(isVoid(bob)).toBe(true);
  rmSync(folder);
  platform.saySigned(signRevocation(nats.keys.owner, { to: bob, catalog: photos, until: hourAgo }));
  await expect.poll(() => new Revoked(file).isRevoked({ to: bob, at: hourAgo }), soon).toBe(true);
  expect(error).toHaveBeenCalledOnce();
});

test("a trail of several pages is read to its end, and what was taken back in it is written down together", async () => {
  const platform = await aPlatform();
  await platform.begin();
  const others = Array.from({ length: 50 }, () => createKey("account").public);
  const between = Array.from({ length: 600 }, (_, index) => imported(900 - index));
  platform.record(
    lost(1_000),
    ...others.map((other, index) => unshared(990 - index, other)),
    ...between,
    unshared(100),
  );
  const keep = vi.spyOn(Revoked.prototype, "keep");
  onTestFinished(() => keep.mockRestore());
  const { isVoid } = await hearing(seldom);
  const taken = [phone, ...others, bob];
  await expect.poll(() => taken.filter((each) => !isVoid(each)), soon).toEqual([]);
  expect(keep.mock.calls.length).toBeLessThan(others.length);
});
