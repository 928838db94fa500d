import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDevice } from "@natster/person";
import { createKey } from "@natster/trust";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { writeContext } from "../context/context.ts";
import { checks } from "./checks.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "natster-home-"));
  for (const base of ["CONFIG", "DATA", "STATE", "CACHE"]) vi.stubEnv(`XDG_${base}_HOME`, home);
  onTestFinished(() => {
    rmSync(home, { recursive: true });
    vi.unstubAllEnvs();
  });
});

/** What is to be done about what is wrong, with a system that nobody reaches. */
async function advice(system: string | undefined): Promise<(string | undefined)[]> {
  const accountKey = createKey("account");
  await writeContext("home", {
    account: accountKey.public,
    servers: ["nats://127.0.0.1:2"],
    page: "http://127.0.0.1:2",
    platform: createKey("account").public,
    lobby: { account: createKey("account").public, seed: createKey("account").seed() },
    administrator: false,
    creds: createDevice(accountKey, { name: "here", role: "owner" }),
    accountKey,
    ...(system !== undefined && { system }),
  });
  const within = (usual: number) => usual;
  const globals = { context: "home", ca: undefined, json: false, quiet: false, debug: false, timeout: 5_000, within };
  const wrong = (await checks(globals)).filter(({ state }) => state === "wrong");
  expect(wrong.map(({ check }) => check)).toEqual(["page", "nats-server"]);
  return wrong.map(({ next }) => next);
}

test("a system of this machine that does not run is to be started", async () => {
  expect(await advice(join(home, "natster", "system"))).toEqual(["natster up", "natster up"]);
});

test("what is wrong with a system elsewhere is never to be looked up where that was just read", async () => {
  expect(await advice(undefined)).toEqual(["ask whoever runs the system", "ask whoever runs the system"]);
});
