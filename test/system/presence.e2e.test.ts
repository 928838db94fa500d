/** Which catalogs are served at this moment, who is told, and who decides it. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CatalogName, InstanceId } from "@natster/contracts";
import type { FeedNotice } from "@natster/contracts/library";
import { type Beat, serveCatalog } from "@natster/file-server";
import { silentLog } from "@natster/micro";
import { accept, connectDevice, createDevice, notices, type Person, share, unshare } from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { describe, expect, onTestFinished, test } from "vitest";

const [photos, music] = [CatalogName.parse("photos"), CatalogName.parse("music")];
const [one, two] = [InstanceId.parse("instance1"), InstanceId.parse("instance2")];
const beatOf = (instance = one, revision = 1) => ({ catalog: photos, instance, revision });
/** For how many seconds a beat counts in these tests. */
const seconds = 2;

async function aShare(presenceSeconds = seconds) {
  const system = await startSystem({ presenceSeconds });
  onTestFinished(() => system[Symbol.asyncDispose]());
  const [alice, bob] = await Promise.all([system.person("alice"), system.person("bob")]);
  await alice.catalog.create({ catalog: photos });
  const after = await share(alice, alice.key, { catalog: photos, recipient: bob.account });
  await accept(bob, { owner: alice.account, catalog: photos });
  await alice.library.mine({ after });
  await expect.poll(async () => (await bob.library.shared({})).rows).toHaveLength(1);
  return { system, alice, bob };
}

/** What somebody hears of presence from now on. */
async function hearing(person: Person): Promise<FeedNotice[]> {
  const heard: FeedNotice[] = [];
  void (async () => {
    for await (const notice of notices(person)) if (notice.kind === "presence") heard.push(notice);
  })();
  await person.connection.flush();
  return heard;
}

const seenBy = async (person: Person) => {
  const [row] = (await person.library.shared({})).rows;
  return row && { online: row.online, revision: row.revision };
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a catalog", () => {
  test("is online from its first beat, at the revision that it says, and offline when it leaves", async () => {
    const { alice, bob } = await aShare();
    expect(await seenBy(bob)).toEqual({ online: false, revision: undefined });
    const [his, hers] = [await hearing(bob), await hearing(alice)];
    await alice.library.beat(beatOf(one, 7));
    expect(await seenBy(bob)).toEqual({ online: true, revision: 7 });
    expect((await alice.library.mine({})).rows).toMatchObject([{ catalog: photos, online: true, revision: 7 }]);
    await alice.library.beat(beatOf(one, 8));
    await alice.library.beat({ ...beatOf(one, 8), leaving: true });
    expect(await seenBy(bob)).toEqual({ online: false, revision: undefined });

    const said = [{ online: true, revision: 7 }, { online: true, revision: 8 }, { online: false }].map((seen) => ({
      kind: "presence",
      owner: alice.account,
      catalog: photos,
      ...seen,
    }));
    await expect.poll(() => his).toEqual(said);
    await expect.poll(() => hers).toEqual(said);
  });

  test("is offline when its last instance is silent, and those who have it are told", async () => {
    const { alice, bob } = await aShare();
    const heard = await hearing(bob);
    await Promise.all([alice.library.beat(beatOf(one)), alice.library.beat(beatOf(two))]);
    await expect.poll(() => heard).toContainEqual(expect.objectContaining({ online: true }));
    await pause(1_200);
    await alice.library.beat(beatOf(two));
    await pause(1_400);
    expect(await seenBy(bob)).toMatchObject({ online: true });
    await expect.poll(() => heard.map((each) => "online" in each && each.online)).toContain(false);
    expect(await seenBy(bob)).toMatchObject({ online: false });
  });

  test("that was left says so once", async () => {
    const { alice, bob } = await aShare();
    const heard = await hearing(bob);
    await alice.library.beat(beatOf());
    await alice.library.beat({ ...beatOf(), leaving: true });
    await pause(1_000 * (seconds + 1));
    expect(heard.map((each) => "online" in each && each.online)).toEqual([true, false]);
  });

  test("is online while a file-server serves it, and offline when that has stopped in order", async () => {
    const { system, alice, bob } = await aShare(30);
    const server = await aDevice(system, alice, "server");
    const root = join(system.directory, "photos");
    await mkdir(root);
    const { connection, library } = server;
    const beat: Beat = (state) => library.beat(state);
    const served = await serveCatalog({
      connection,
      device: server.device,
      catalog: photos,
      root,
      log: silentLog(),
      beat,
    });
    await expect.poll(() => seenBy(bob)).toMatchObject({ online: true, revision: served.revision });

    await writeFile(join(root, "a.txt"), "hello");
    await served.rescan();
    await expect.poll(() => seenBy(bob)).toEqual({ online: true, revision: served.revision });
    await served.stop();
    expect(await seenBy(bob)).toMatchObject({ online: false });
  });

  test("that is served before it is made is online soon after it is", async () => {
    const { system, alice } = await aShare(30);
    const server = await aDevice(system, alice, "server");
    const root = join(system.directory, "music");
    await mkdir(root);
    const { connection, library } = server;
    const beat: Beat = (state) => library.beat(state);
    await using _served = await serveCatalog({
      connection,
      device: server.device,
      catalog: music,
      root,
      log: silentLog(),
      beat,
    });
    await alice.catalog.create({ catalog: music });
    const online = async () => (await alice.library.mine({})).rows.find(({ catalog }) => catalog === music)?.online;
    await expect.poll(online).toBe(true);
  });

  test("that is offered says whether it is online, before anybody accepts it", async () => {
    const { system, alice } = await aShare();
    const carol = await system.person("carol");
    const after = await share(alice, alice.key, { catalog: photos, recipient: carol.account });
    await alice.library.beat(beatOf());
    expect((await carol.library.inbox({ after })).rows).toMatchObject([{ online: true, revision: 1 }]);
    await expect(carol.library.catalog({ owner: alice.account, catalog: photos })).resolves.toMatchObject({
      online: true,
    });
  });
});

describe("presence", () => {
  test("is one truth for every projector, and survives each of them", async () => {
    const { system, alice, bob } = await aShare(30);
    await alice.library.beat(beatOf());
    await system.platform.another("projector");
    for (let asked = 0; asked < 20; asked++) expect(await seenBy(bob)).toMatchObject({ online: true });
    await system.platform.services.projector?.stop();
    expect(await seenBy(bob)).toMatchObject({ online: true, revision: 1 });
  });

  test("is not prolonged by looking", async () => {
    const { alice, bob } = await aShare();
    await alice.library.beat(beatOf());
    const until = Date.now() + 1_000 * (seconds + 2);
    let seen = await seenBy(bob);
    while (seen?.online && Date.now() < until) seen = await seenBy(bob);
    expect(seen).toMatchObject({ online: false });
  });

  test("of two owners' catalogs of one name are two", async () => {
    const { alice, bob } = await aShare();
    const { after } = await bob.catalog.create({ catalog: photos });
    await bob.library.mine({ after });
    await bob.library.beat(beatOf(one, 99));
    expect(await seenBy(bob)).toMatchObject({ online: false });
    expect((await alice.library.mine({})).rows).toMatchObject([{ catalog: photos, online: false }]);
    expect((await bob.library.mine({})).rows).toMatchObject([{ catalog: photos, online: true, revision: 99 }]);
  });

  test("is told of when it changes, and not at each beat", async () => {
    const { alice, bob } = await aShare(30);
    const heard = await hearing(bob);
    for (let beats = 0; beats < 20; beats++) await alice.library.beat(beatOf());
    await alice.library.beat({ ...beatOf(), leaving: true });
    await expect.poll(() => heard).toHaveLength(2);
  });

  test("counts for the account that beats, and for a catalog that it has", async () => {
    const { alice, bob } = await aShare();
    await expect(bob.library.beat(beatOf())).rejects.toMatchObject({ reason: "catalog_unknown", code: 404 });
    await expect(alice.library.beat({ ...beatOf(), catalog: music })).rejects.toMatchObject({
      reason: "catalog_unknown",
    });
    const forged = JSON.stringify({ ...beatOf(), owner: alice.account });
    const answer = await bob.connection.request("natster.presence.beat", forged);
    expect(answer.headers?.get("Nats-Service-Error-Code")).toBe("400");
    expect(await seenBy(bob)).toMatchObject({ online: false });
  });

  test("is for the devices that serve: a browser says nothing of it", async () => {
    const { system, alice } = await aShare();
    const browser = await aDevice(system, alice, "browser");
    await expect(browser.library.beat(beatOf())).rejects.toMatchObject({ reason: "wrong_role" });
    const server = await aDevice(system, alice, "server");
    await expect(server.library.beat(beatOf())).resolves.toEqual({});
  });

  test("is told to those who have accepted that catalog, and to nobody else", async () => {
    const { system, alice, bob } = await aShare();
    const [offered, former, other] = [
      await system.person("carol"),
      await system.person("dave"),
      await system.person("eve"),
    ];
    await share(alice, alice.key, { catalog: photos, recipient: offered.account });
    await share(alice, alice.key, { catalog: photos, recipient: former.account });
    await accept(former, { owner: alice.account, catalog: photos });
    await unshare(alice, photos, former.account);
    await alice.catalog.create({ catalog: music });
    const after = await share(alice, alice.key, { catalog: music, recipient: other.account });
    await accept(other, { owner: alice.account, catalog: music });
    await other.library.shared({ after });

    const heard = await Promise.all([bob, offered, former, other].map(hearing));
    await alice.library.beat(beatOf());
    await expect.poll(() => heard[0]).toHaveLength(1);
    await pause(100);
    expect(heard.slice(1)).toEqual([[], [], []]);
  });

  test("of one catalog has room for so many instances, so that nobody's look at it gets dear", async () => {
    const { alice } = await aShare(30);
    const all = Array.from({ length: 24 }, (_, index) => InstanceId.parse(`instance${index}`));
    for (const instance of all) await alice.library.beat(beatOf(instance));
    await expect(alice.library.beat(beatOf(InstanceId.parse("another1")))).rejects.toMatchObject({
      reason: "too_many_instances",
    });
    await expect(alice.library.beat(beatOf())).resolves.toEqual({});
  });
});

async function aDevice({ platform }: TestSystem, { key }: TestPerson, role: "browser" | "server"): Promise<Person> {
  const device = await connectDevice(platform.place, createDevice(key, { name: role, role }), role);
  onTestFinished(() => device[Symbol.asyncDispose]());
  return device;
}
