import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CatalogName } from "@natster/contracts";
import { createKey } from "@natster/trust";
import { expect, onTestFinished, test } from "vitest";
import { keptFile, KeptUnreadableError } from "./kept.ts";
import { Revoked } from "./revoked.ts";

const [bob, carol] = [createKey("account").public, createKey("account").public];
const phone = createKey("user").public;

function aFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "natster-kept-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return keptFile(join(folder, "state"), bob, CatalogName.parse("photos"));
}

test("what was given up to a second, and in it, is void; what was given later is not", () => {
  const revoked = new Revoked();
  revoked.add(bob, 100);
  expect([99, 100, 101].map((at) => revoked.isRevoked({ to: bob, at }))).toEqual([true, true, false]);
  expect(revoked.isRevoked({ to: carol, at: 99 })).toBe(false);
});

test("an older note takes nothing back from a newer one", () => {
  const revoked = new Revoked();
  expect([revoked.add(bob, 100), revoked.add(bob, 50), revoked.add(bob, 100)]).toEqual([true, false, false]);
  expect(revoked.isRevoked({ to: bob, at: 100 })).toBe(true);
});

test("a star is every account, and no device", () => {
  const revoked = new Revoked();
  revoked.add("*", 100);
  expect([revoked.isRevoked({ to: bob, at: 100 }), revoked.isRevoked({ to: phone, at: 100 })]).toEqual([true, false]);
});

test("what is kept is known to the next process, for its owner's eyes only, and nothing lies beside it", () => {
  const file = aFile();
  const first = new Revoked(file);
  first.add(bob, 100);
  first.add(phone, 200);
  first.hasHeard(17);
  first.keep();
  const second = new Revoked(file);

  expect(second.heard).toBe(17);
  expect([second.isRevoked({ to: bob, at: 100 }), second.isRevoked({ to: phone, at: 200 })]).toEqual([true, true]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(file, ".."))).toHaveLength(1);
});

test("two processes that keep the same file lose nothing of each other's", () => {
  const file = aFile();
  const [one, other] = [new Revoked(file), new Revoked(file)];
  one.add(bob, 100);
  one.keep();
  other.add(carol, 100);
  other.keep();
  one.add(carol, 50);
  one.keep();

  const third = new Revoked(file);
  expect([third.isRevoked({ to: bob, at: 100 }), third.isRevoked({ to: carol, at: 100 })]).toEqual([true, true]);
});

test("a file that cannot be read is an error that names it, and stays as it is", () => {
  const file = aFile();
  mkdirSync(dirname(file));
  writeFileSync(file, "{");

  expect(() => new Revoked(file)).toThrow(KeptUnreadableError);
  expect(() => new Revoked(file)).toThrow(file);
  expect(readFileSync(file, "utf8")).toBe("{");
});
