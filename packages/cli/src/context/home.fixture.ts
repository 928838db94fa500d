/** What tests of contexts stand on: a home of a test's own, and something to keep there. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDevice } from "@natster/person";
import { createKey } from "@natster/trust";
import { onTestFinished, vi } from "vitest";

/** A folder with the settings of this test alone, which is gone after it; nothing that the machine has set counts. */
export function ownHome(): string {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "natster-home-")));
  vi.stubEnv("XDG_CONFIG_HOME", home);
  vi.stubEnv("NATSTER_CONTEXT", "");
  vi.stubEnv("NATSTER_PASSPHRASE", "");
  onTestFinished(() => {
    rmSync(home, { recursive: true });
    vi.unstubAllEnvs();
  });
  return home;
}

/** What a context is made of, whose account's key is here. */
export function made() {
  const accountKey = createKey("account");
  return {
    account: accountKey.public,
    servers: ["nats://127.0.0.1:1"],
    platform: createKey("account").public,
    lobby: { account: createKey("account").public, seed: createKey("account").seed() },
    administrator: false,
    creds: createDevice(accountKey, { name: "here", role: "owner" }),
    accountKey,
  };
}
