import { CatalogName, InstanceId } from "@natster/contracts";
import { silentLog } from "@natster/micro";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Beat, startPulse } from "./pulse.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const [catalog, instance] = [CatalogName.parse("photos"), InstanceId.parse("instance1")];

/** A pulse, what it said, and how whoever hears it can be made deaf. */
function aPulse() {
  const said: Parameters<Beat>[0][] = [];
  const so = { revision: 1, deaf: false };
  const beat: Beat = (state) => {
    if (so.deaf) return Promise.reject(new Error("nobody hears"));
    said.push(state);
    return Promise.resolve();
  };
  const pulse = startPulse({ beat, log: silentLog(), catalog, instance, revision: () => so.revision });
  return { pulse, said, so };
}
const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("it beats at once, and every ten seconds", async () => {
  const { pulse, said } = aPulse();
  await passed(0);
  expect(said).toEqual([{ catalog, instance, revision: 1 }]);
  await passed(9_999);
  expect(said).toHaveLength(1);
  await passed(20_001);
  expect(said).toHaveLength(4);
  await pulse.stop();
});

test("it beats at once when what is served has changed", async () => {
  const { pulse, said, so } = aPulse();
  await passed(0);
  so.revision = 2;
  pulse.now();
  await passed(0);
  expect(said.map(({ revision }) => revision)).toEqual([1, 2]);
  await pulse.stop();
});

test("it says goodbye when it stops, and nothing after that", async () => {
  const { pulse, said } = aPulse();
  await passed(0);
  await pulse.stop();
  await passed(60_000);
  expect(said).toEqual([
    { catalog, instance, revision: 1 },
    { catalog, instance, revision: 1, leaving: true },
  ]);
});

test("what is not heard is said again soon, ever less often, and never stops what is served", async () => {
  const { pulse, said, so } = aPulse();
  so.deaf = true;
  await passed(3_000);
  so.deaf = false;
  await passed(4_000);
  expect(said).not.toEqual([]);
  so.deaf = true;
  await expect(pulse.stop()).resolves.toBeUndefined();
});
