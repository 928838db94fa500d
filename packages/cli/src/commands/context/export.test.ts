import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDevice } from "@natster/person";
import { createKey } from "@natster/trust";
import { expect, onTestFinished, test, vi } from "vitest";
import { writeContext } from "../../context/context.ts";
import { rememberingUi } from "../../output/ui.fixture.ts";
import command from "./export.ts";

test("what is there already is not written over, and nobody is asked for a passphrase", async () => {
  const home = mkdtempSync(join(tmpdir(), "natster-home-"));
  vi.stubEnv("XDG_CONFIG_HOME", home);
  vi.stubEnv("NATSTER_PASSPHRASE", "");
  onTestFinished(() => {
    rmSync(home, { recursive: true });
    vi.unstubAllEnvs();
  });
  const accountKey = createKey("account");
  await writeContext("home", {
    account: accountKey.public,
    servers: ["nats://127.0.0.1:1"],
    platform: createKey("account").public,
    lobby: { account: createKey("account").public, seed: createKey("account").seed() },
    administrator: false,
    creds: createDevice(accountKey, { name: "here", role: "owner" }),
    accountKey,
  });
  const file = join(home, "me.natster");
  writeFileSync(file, "another account");

  const within = (usual: number) => usual;
  const exporting = command.run({
    input: { output: file },
    globals: { context: "home", json: false, quiet: false, debug: false, timeout: 1_000, within },
    ui: rememberingUi(),
    signal: new AbortController().signal,
    say: () => {},
  });
  await expect(exporting).rejects.toMatchObject({ message: `${file} is there already`, next: "choose another name" });
  expect(readFileSync(file, "utf8")).toBe("another account");
});
