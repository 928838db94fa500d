/** Whatever ends, breaks or changes in the middle of a transfer: the bytes are right, or there is an error with a name. */
import { randomBytes } from "node:crypto";
import { mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openWay } from "@natster/nats-server/way";
import { accept, share, unshare } from "@natster/person";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { carryBadly } from "./bad-way.fixture.ts";
import { runs } from "./runs.fixture.ts";
import { contentOf, film, films, kill, leftovers, MiB, openStage, type Stage } from "./transfer.fixture.ts";

vi.setConfig({ testTimeout: 120_000 + runs.transfers * 60_000, hookTimeout: 120_000 });

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.[Symbol.asyncDispose]());

/** From 0 to 1, each as likely as another. */
const anywhere = fc.noBias(fc.nat({ max: 9_999 })).map((drawn) => drawn / 10_000);

/** How a reader may end whose other side, or whose way there, is gone for a while. */
const away = [
  "done",
  "NobodyAnswersError",
  "NoAnswerError",
  "StalledError",
  "ConnectionError",
  "ClosedConnectionError",
  // Of a dial that nobody answers.
  "TimeoutError",
];

const victims = ["reader", "file-server", "nats-server"] as const;

/** What bears a name is whole: it is what the catalog has under that name. */
async function expectNothingUntrue(target: string): Promise<void> {
  const source = await contentOf(stage.root);
  for (const [path, digest] of await contentOf(target)) expect([path, digest]).toEqual([path, source.get(path)]);
}

/**
 * Reads again, until the folder holds what the catalog holds now, and nothing else but what is gone there: nobody asked
 * for that to be deleted here.
 */
async function expectEverything(target: string, gone: readonly string[] = []): Promise<void> {
  const read = async () => {
    const how = await stage.readHere(target);
    const [here, there] = [await contentOf(target), await contentOf(stage.root)];
    const more = [...here.keys()].filter((path) => !there.has(path) && !gone.includes(path));
    const less = [...there].filter(([path, digest]) => here.get(path) !== digest).map(([path]) => path);
    return { how, more, less, left: await leftovers(target) };
  };
  await expect.poll(read, { timeout: 180_000 }).toEqual({ how: "done", more: [], less: [], left: [] });
}

/** Puts a file into the catalog. */
async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(join(stage.root, path, ".."), { recursive: true });
  await writeFile(join(stage.root, path), bytes);
}

test("the reader, the file-server or nats-server is killed anywhere, and the next run has every byte", async () => {
  const kills = fc.record({
    victim: fc.constantFrom(...victims),
    at: anywhere,
  });
  const [seed = 0] = fc.sample(fc.nat(), 1);
  console.log(`killing ${runs.transfers} times, as seed ${seed} says`);
  for (const [index, drawn] of fc.sample(kills, { numRuns: runs.transfers, seed }).entries()) {
    // However few there are: each of them once.
    const { at, victim } = { ...drawn, ...(index < victims.length && { victim: victims[index] ?? drawn.victim }) };
    const target = await stage.newTarget();
    const reader = stage.read(target);
    await reader.reaches(Math.floor(at * stage.bytes));
    if (victim === "reader") await kill(reader.child);
    else if (victim === "file-server") await stage.crashServer();
    else {
      await stage.system.platform.nats.kill();
      await stage.system.platform.nats.restart();
    }
    const how = await reader.ended;
    expect([...away, ...(victim === "reader" ? ["SIGKILL"] : [])], `${victim} at ${at}`).toContain(how);
    await expectNothingUntrue(target);
    await expectEverything(target);
    await rm(target, { recursive: true });
  }
});

test("over a way that delays, stalls and drops, every byte arrives in the end", async () => {
  const [seed = 0] = fc.sample(fc.nat(), 1);
  const draws = fc.sample(anywhere, { numRuns: 4_999, seed });
  let drawn = 0;
  // Whatever chance says, the first run meets a drop and a stall: it is more pieces long than that.
  const surely = new Map([
    [100, 0],
    [200, 0.004],
  ]);
  const draw = () => surely.get(++drawn) ?? draws[drawn % draws.length] ?? 1;
  const bad = carryBadly(draw);
  await using way = await openWay(stage.system.platform.nats.url, bad.carry);
  const target = await stage.newTarget();
  const ends: string[] = [];
  while (ends.at(-1) !== "done" && ends.length < 20) ends.push(await stage.read(target, { url: way.url }).ended);

  console.log(`seed ${seed}: ${bad.stalls} stalls, ${bad.drops} drops; runs ended ${ends.join(", ")}`);
  expect([bad.stalls > 0, bad.drops > 0]).toEqual([true, true]);
  expect(ends.filter((how) => !away.includes(how))).toEqual([]);
  expect(ends.at(-1)).toBe("done");
  expect(await contentOf(target)).toEqual(await contentOf(stage.root));
  expect(await leftovers(target)).toEqual([]);
});

const place = () => join(stage.root, film);
test.for([
  ["replaced by another", () => writeFile(place(), randomBytes(20 * MiB))],
  ["cut off", () => truncate(place(), 5_000_000)],
  ["deleted", () => rm(place())],
] as const)("a file that is %s meanwhile never arrives wrong, and is looked at again", async ([, change]) => {
  await put(film, randomBytes(24 * MiB));
  await stage.indexed();
  const target = await stage.newTarget();
  const reader = stage.read(target);
  await reader.reaches(stage.bytes / 2);
  const before = await contentOf(stage.root);
  await change();
  const how = await reader.ended;

  expect(["done", `${film}: Refusal changed`, `${film}: Refusal file_unknown`]).toContain(how);
  // Whatever arrived is what there was before or what there is now.
  const after = await contentOf(stage.root);
  for (const [path, digest] of await contentOf(target)) expect([before.get(path), after.get(path)]).toContain(digest);
  await expectEverything(target, [film]);
});

test("a disk that is full is an error with a name, and with room again the rest arrives", async () => {
  await put(film, randomBytes(24 * MiB));
  await stage.indexed();
  const target = await stage.newTarget();
  // A small disk of its own that only this reader sees: root's to make, or whoever may have namespaces of their own.
  const script = `
    mount -t tmpfs -o size=12m tmpfs "$TARGET" || exit 9
    "$@"; test $? = 1 || exit 8
    cp -r "$TARGET/small" "$SEEN" || exit 7
    mount -o remount,size=80m "$TARGET" || exit 6
    "$@"; test $? = 0 || exit 5
    test -z "$(ls "$TARGET/.natster/parts")" || exit 4
    cmp "$TARGET/${film}" "$FILM" || exit 3`;
  const seen = join(await stage.newTarget(), "small");
  const variables = [`TARGET=${target}`, `FILM=${place()}`, `SEEN=${seen}`];
  const rights = process.getuid?.() === 0 ? "-m" : "-rm";
  const reader = stage.read(target, { within: ["env", ...variables, "unshare", rights, "sh", "-c", script, "sh"] });

  expect(await reader.ended).toBe("done");
  expect(reader.child.exitCode).toBe(0);
  const source = await contentOf(join(stage.root, "small"));
  for (const [path, digest] of await contentOf(seen)) expect([path, digest]).toEqual([path, source.get(path)]);
});

test("two readers of one account at once do not harm each other, into two folders or into one", async () => {
  const [one, other] = [await stage.newTarget(), await stage.newTarget()];
  const readers = [one, other, other].map((target) => stage.read(target));
  const [alone, ...both] = await Promise.all(readers.map(({ ended }) => ended));

  expect(alone).toBe("done");
  // Whoever comes when the other has finished finds nothing to do.
  expect([
    ["done", "done"],
    ["MirrorBusyError", "done"],
  ]).toContainEqual(both.toSorted());
  for (const target of [one, other]) {
    expect(await contentOf(target)).toEqual(await contentOf(stage.root));
    expect(await leftovers(target)).toEqual([]);
  }
});

test("pushes of the owner's account JWT, which lose replies that are under way, harm no transfer", async () => {
  const { owner, system } = stage;
  const [target, former] = [await stage.newTarget(), await system.person()];
  const reader = stage.read(target);
  for (let push = 1; push <= 4; push++) {
    await reader.reaches((stage.bytes * push) / 5);
    await share(owner, owner.key, { catalog: films, recipient: former.account });
    // Waits until nats-server has the owner's JWT with the revocation in it.
    await unshare(owner, films, former.account);
  }

  expect(await reader.ended).toBe("done");
  await expectEverything(target, [film]);
});

test("a share that is taken back meanwhile ends the transfer by name, and shared again the rest arrives", async () => {
  const { owner, reader: recipient } = stage;
  const target = await stage.newTarget();
  const reader = stage.read(target);
  await reader.reaches(stage.bytes / 4);
  await unshare(owner, films, recipient.account);

  const refused = ["NobodyAnswersError", "NotAdmittedError revoked", "Refusal catalog_unknown"];
  expect(["done", ...refused]).toContain(await reader.ended);
  await expectNothingUntrue(target);
  expect(refused).toContain(await stage.read(target).ended);

  await share(owner, owner.key, { catalog: films, recipient: recipient.account });
  await accept(recipient, { owner: owner.account, catalog: films });
  await expectEverything(target);
});
