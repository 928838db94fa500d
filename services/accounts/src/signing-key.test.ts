import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "@natster/micro";
import type { Belief } from "@natster/micro/believed";
import { createKey } from "@natster/trust";
import { expect, onTestFinished, test } from "vitest";
import { watchSigningKey } from "./signing-key.ts";

const [old, next] = [createKey("operator"), createKey("operator")];
const soon = { timeout: 20_000 };

/** A key file, and nats-servers that say of each key what a test has them say. */
async function aKey(says: (key: string) => Belief) {
  const directory = mkdtempSync(join(tmpdir(), "natster-signing-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "signing.seed");
  const put = (key: typeof old) => writeFileSync(path, key.seed());
  put(old);
  const seen = { asked: 0, changed: 0, says };
  const signing = await watchSigningKey({
    path,
    log: silentLog(),
    onChange: async () => void (seen.changed += 1),
    async believed(key) {
      seen.asked += 1;
      return seen.says(key);
    },
  });
  onTestFinished(() => signing[Symbol.dispose]());
  return { signing, seen, put };
}

const all: Belief = { answered: 1, against: [] };
const none: Belief = { answered: 1, against: ["one"] };
const away = (): Belief => {
  throw new Error("nobody answers");
};

test("a key that is put there signs once every nats-server believes it, and the one before it until then", async () => {
  const { signing, seen, put } = await aKey((key) => (key === old.public ? all : none));
  expect([signing.current, signing.disbelieved, seen.changed]).toEqual([old, 0, 0]);
  put(next);
  await expect.poll(() => signing.disbelieved, soon).toBe(1);
  expect(signing.current).toEqual(old);
  // While nobody answers, nothing is taken for granted.
  seen.says = away;
  const asked = seen.asked;
  await expect.poll(() => seen.asked, soon).toBeGreaterThan(asked + 1);
  expect([signing.current, seen.changed]).toEqual([old, 0]);
  seen.says = () => all;
  await expect.poll(() => signing.current?.public, soon).toBe(next.public);
  expect([signing.disbelieved, seen.changed]).toEqual([0, 1]);
});

test("where the only key is not believed nothing signs, until it is", async () => {
  const { signing, seen } = await aKey(() => none);
  expect([signing.current, signing.disbelieved]).toEqual([undefined, 1]);
  seen.says = () => all;
  await expect.poll(() => signing.current?.public, soon).toBe(old.public);
  expect(seen.changed).toBe(1);
});

test("where it may not be asked, a key is believed; where nobody answers yet, none signs until somebody does", async () => {
  const forNobody = { answered: 0, against: [] };
  expect((await aKey(() => forNobody)).signing.current).toEqual(old);
  const { signing, seen } = await aKey(away);
  expect(signing.current).toBeUndefined();
  seen.says = () => all;
  await expect.poll(() => signing.current?.public, soon).toBe(old.public);
});
