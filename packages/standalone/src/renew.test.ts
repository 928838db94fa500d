import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatCreds, keyFromSeed, parseCreds, readJwt, userJwt } from "@natster/trust";
import { expect, onTestFinished, test } from "vitest";
import { openInstallation } from "./installation.ts";
import { DirectoryTooOldError } from "./renew.ts";

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "natster-installation-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

const seedOf = (directory: string, name: string) =>
  keyFromSeed(readFileSync(join(directory, "offline", `${name}.seed`), "utf8"), "account");

test("an installation of this version stays as it is", async () => {
  const directory = temporary();
  const made = await openInstallation(directory);
  const creds = readFileSync(made.creds("catalog"), "utf8");
  expect((await openInstallation(directory)).preload).toEqual(made.preload);
  expect(readFileSync(made.creds("catalog"), "utf8")).toBe(creds);
});

test("creds of an older version are issued anew for the same user, with what the contracts say today", async () => {
  const directory = temporary();
  const made = await openInstallation(directory);
  const path = made.creds("catalog");
  const today = parseCreds(readFileSync(path, "utf8"));
  // An older version allowed less, and knew nothing of some creds.
  const less = userJwt(seedOf(directory, "platform"), {
    user: today.key.public,
    name: "catalog",
    permissions: { pub: { allow: ["old"] }, sub: { allow: [] } },
    issuedAt: 1,
  });
  writeFileSync(path, formatCreds(less, today.key));
  rmSync(made.creds("web"));

  await openInstallation(directory);

  const renewed = parseCreds(readFileSync(path, "utf8"));
  expect(renewed.key.public).toBe(today.key.public);
  expect(readJwt(renewed.jwt)).toMatchObject({ nats: Reflect.get(readJwt(today.jwt), "nats") });
  expect(readdirSync(join(directory, "creds"))).toContain("web.creds");
});

test("where the seeds are kept elsewhere nothing is issued", async () => {
  const directory = temporary();
  const made = await openInstallation(directory);
  rmSync(join(directory, "offline"), { recursive: true });
  expect((await openInstallation(directory)).preload).toEqual(made.preload);
});

test("a directory whose accounts were others is refused, and stays as it is", async () => {
  const directory = temporary();
  await openInstallation(directory);
  rmSync(join(directory, "offline", "streams.seed"));
  const before = readFileSync(join(directory, "installation.json"), "utf8");
  await expect(openInstallation(directory)).rejects.toThrow(DirectoryTooOldError);
  expect(readFileSync(join(directory, "installation.json"), "utf8")).toBe(before);
});
