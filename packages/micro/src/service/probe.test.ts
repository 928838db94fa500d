import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answerProbes, probe } from "./probe.ts";

const somewhere = async () => join(await mkdtemp(join(tmpdir(), "natster-probe-")), "probe.sock");

test("a probe hears what the instance says of itself", async () => {
  const path = await somewhere();
  await using _ = await answerProbes(path, async () => ({ status: "ok", checks: { access: "3 behind" } }));
  expect(await probe(path)).toEqual({ status: "ok", checks: { access: "3 behind" } });
});

test("an instance that cannot say how it is fails its probe", async () => {
  const path = await somewhere();
  await using _ = await answerProbes(path, () => Promise.reject(new Error("not connected")));
  await expect(probe(path)).rejects.toThrow("Unexpected end of JSON input");
});

test("nobody there fails the probe, and so does one that never answers", async () => {
  const path = await somewhere();
  await expect(probe(path)).rejects.toThrow(/ENOENT/);
  await using _ = await answerProbes(path, () => new Promise(() => {}));
  await expect(probe(path, 50)).rejects.toThrow("no answer within 50 ms");
});

test("a socket left behind by one that was killed is replaced", async () => {
  const path = await somewhere();
  await writeFile(path, "");
  await using _ = await answerProbes(path, async () => ({ status: "ok" }));
  expect(await probe(path)).toEqual({ status: "ok" });
});
