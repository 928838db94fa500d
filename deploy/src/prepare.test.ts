import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { prepare } from "./prepare.ts";
import { prepareSettings } from "./settings.ts";

test("a system whose operator's keys are gone is left as it is, and goes on where they are put back", async () => {
  const state = await mkdtemp(join(tmpdir(), "natster-prepare-"));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  const settings = prepareSettings.parse({ NATSTER_STATE: state, NATSTER_PUBLIC_URL: "https://localhost:8443/" });
  const [keys, safe] = [join(state, "keys"), join(state, "safe")];
  const configuration = () => readFile(join(state, "nats", "nats.conf"), "utf8");
  await prepare(settings);
  const before = await configuration();
  await cp(keys, safe, { recursive: true });

  await rm(keys, { recursive: true });
  await expect(prepare(settings)).rejects.toThrow("the operator's keys are not in the volume keys");
  expect(await configuration()).toBe(before);

  await cp(safe, keys, { recursive: true });
  expect(await prepare(settings)).toEqual([]);
  expect(await configuration()).toBe(before);
});
