import { expect, test } from "vitest";
import { EngineError, type Trouble } from "../engine/engine-error.ts";
import { patiently } from "./patient.ts";

const { signal } = new AbortController();

/** A way to read that fails like this, one time after another, and then works. */
function failing(...troubles: Trouble[]) {
  const pauses: number[] = [];
  const read = () => {
    const trouble = troubles.shift();
    return trouble ? Promise.reject(new EngineError(trouble, trouble)) : Promise.resolve(Uint8Array.of(1));
  };
  const pause = (milliseconds: number) => {
    pauses.push(milliseconds);
    return Promise.resolve();
  };
  return { read, pause, pauses };
}

test("a connection that is lost for a while is waited for, without hurry", async () => {
  const { read, pause, pauses } = failing("offline", "offline", "offline");
  const waiting: boolean[] = [];
  const patient = patiently(read, { offline: 60_000 }, { pause, waits: (now) => waiting.push(now) });
  expect(await patient(0, 1, signal)).toEqual(Uint8Array.of(1));
  expect(pauses).toEqual([250, 500, 1_000]);
  expect(waiting).toEqual([true, true, true, false]);
});

test("what was taken back is not waited for as long as what is away", async () => {
  const { read, pause, pauses } = failing(...Array.from({ length: 20 }, () => "nobody" as const));
  const patient = patiently(read, { offline: 60_000, nobody: 1_000 }, { pause });
  await expect(patient(0, 1, signal)).rejects.toMatchObject({ trouble: "nobody" });
  expect(pauses).toEqual([250, 500, 1_000]);
});

test("a refusal is final", async () => {
  const { read, pause } = failing("refused");
  await expect(patiently(read, { offline: 60_000 }, { pause })(0, 1, signal)).rejects.toMatchObject({
    trouble: "refused",
  });
});

test("whoever serves it may come back later than the connection", async () => {
  const { read, pause } = failing("offline", ...Array.from({ length: 10 }, () => "nobody" as const));
  const patient = patiently(read, { offline: 60_000, nobody: 1_000 }, { pause });
  expect(await patient(0, 1, signal)).toEqual(Uint8Array.of(1));
});
