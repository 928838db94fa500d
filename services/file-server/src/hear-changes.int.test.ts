/** What becomes of a word of the platform's that is lost. The platform is a voice in the owner's account, and may be silent. */
import { type Catalog, projector } from "@natster/contracts/library";
import { silentLog } from "@natster/micro";
import { signPublication } from "@natster/trust";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { hearChanges } from "./hear-changes.ts";
import { type Nats, photos, startNats } from "./nats.fixture.ts";
import { Publicity } from "./publicity.ts";
import { Revoked } from "./revoked.ts";

let nats: Nats;
beforeAll(async () => void (nats = await startNats()));
afterAll(() => nats?.[Symbol.asyncDispose]());

const now = () => Math.floor(Date.now() / 1000);

/** The platform, away until it is begun; it answers, and never says anything of its own accord. */
async function aPlatform() {
  const connection = await nats.connect("owner");
  onTestFinished(() => connection.close());
  const since = new Date(Date.now() - 60_000).toISOString();
  const statement = signPublication(nats.keys.owner, { catalog: photos, from: now() - 30 });
  let catalog: Catalog & { online: boolean } = { owner: nats.owner, catalog: photos, since, online: false };
  const answers = {
    [projector.endpoints.catalog.subject]: () => catalog,
    [projector.endpoints.activity.subject]: () => ({ rows: [] }),
  };
  return {
    publish: () => void (catalog = { ...catalog, published: { statement, since } }),
    unpublish: () => void (catalog = { ...catalog, published: undefined, statementsVoidUntil: now() }),
    async begin() {
      for (const [subject, answer] of Object.entries(answers)) {
        connection.subscribe(subject, { callback: (_, message) => void message.respond(JSON.stringify(answer())) });
      }
      await connection.flush();
    },
  };
}

/** Hears for a catalog: what it came to believe of it, and how often it ended what rests on its being public. */
async function hearing(lookEvery: number) {
  const [connection, publicity] = [await nats.connect("owner"), new Publicity(nats.owner, photos)];
  let ended = 0;
  const sessions = { endWhere: () => void ended++ };
  const its = { connection, owner: nats.owner, catalog: photos, publicity, sessions, log: silentLog() };
  const heard = await hearChanges({ ...its, revoked: new Revoked(), lookEvery });
  onTestFinished(() => heard[Symbol.asyncDispose]());
  return { isPublic: () => publicity.isPublic(now()), ended: () => ended, connection };
}
const soon = { timeout: 20_000 };

test("a publication and its end are noticed where their notices are lost", async () => {
  const platform = await aPlatform();
  await platform.begin();
  const { isPublic, ended } = await hearing(50);
  expect(isPublic()).toBe(false);
  platform.publish();
  await expect.poll(isPublic, soon).toBe(true);
  const before = ended();
  platform.unpublish();
  await expect.poll(isPublic, soon).toBe(false);
  await expect.poll(ended, soon).toBeGreaterThan(before);
});

test("a platform that is away at the start is asked until it answers", async () => {
  const platform = await aPlatform();
  platform.publish();
  const { isPublic } = await hearing(3_600_000);
  expect(isPublic()).toBe(false);
  await platform.begin();
  await expect.poll(isPublic, soon).toBe(true);
});

test("what was missed while the connection was away is noticed when it is back", async () => {
  const platform = await aPlatform();
  await platform.begin();
  const { isPublic, connection } = await hearing(3_600_000);
  platform.publish();
  await connection.reconnect();
  await expect.poll(isPublic, soon).toBe(true);
});
