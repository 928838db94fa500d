import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { InstallationLostError, openInstallation } from "./installation.ts";
import { renewReserve, rotateSigningKey } from "./operator.ts";

async function installed(): Promise<{ at: (name: string) => string; directory: string; keys: () => string[] }> {
  const directory = mkdtempSync(join(tmpdir(), "natster-installation-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  await openInstallation(directory);
  const at = (name: string) => join(directory, name);
  const kept = ["operator/signing.seed", "offline/operator.seed", "offline/system.seed"];
  return { at, directory, keys: () => kept.map((name) => readFileSync(at(name), "utf8")) };
}

/** Whoever may read everything cannot read this, either: it leads to itself. */
function makeUnreadable(path: string): void {
  rmSync(path);
  symlinkSync(path, path);
}

test("where an installation cannot be read, no second one is made", async () => {
  const { at, directory, keys } = await installed();
  const before = keys();
  makeUnreadable(at("installation.json"));
  await expect(openInstallation(directory)).rejects.toThrow("ELOOP");
  expect(keys()).toEqual(before);
});

test("where the installation is gone and its keys are not, no second one is made", async () => {
  const { at, directory, keys } = await installed();
  const before = keys();
  rmSync(at("installation.json"));
  await expect(openInstallation(directory)).rejects.toThrow(InstallationLostError);
  expect(keys()).toEqual(before);

  // A part of them is enough.
  rmSync(at("operator"), { recursive: true });
  await expect(openInstallation(directory)).rejects.toThrow(InstallationLostError);
});

test("an installation whose making was interrupted is made anew", async () => {
  const { at, directory, keys } = await installed();
  const before = keys();
  renameSync(at("installation.json"), at("installation.begun.json"));
  const { platform } = await openInstallation(directory);
  expect(keys()).not.toEqual(before);
  expect((await openInstallation(directory)).platform).toBe(platform);
  expect(existsSync(at("installation.begun.json"))).toBe(false);
});

test("a creds file that cannot be read is not issued anew for another user", async () => {
  const { at, directory } = await installed();
  makeUnreadable(at("creds/web.creds"));
  await expect(openInstallation(directory)).rejects.toThrow("ELOOP");
});

test("a reserve that cannot be read is neither no reserve nor replaced", async () => {
  const { at, directory, keys } = await installed();
  const before = keys();
  makeUnreadable(at("offline/reserve.seed"));
  await expect(rotateSigningKey(directory)).rejects.toThrow("ELOOP");
  await expect(renewReserve(directory)).rejects.toThrow("ELOOP");
  expect(keys()).toEqual(before);
});
