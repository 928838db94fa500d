import { expect, test } from "vitest";
import { type Directory, isSilent, nobody, observe, rateKey } from "./directory.ts";
import { infoOf, type Said, statsOf } from "./seen.fixture.ts";

const start = 1_000_000;
/** Looks every two seconds, one after another. */
const after = (...looks: readonly (readonly Said[])[]): Directory =>
  looks.reduce<Directory>(
    (before, said, at) =>
      observe(before, { at: start + at * 2_000, stats: said.map(statsOf), infos: said.map(infoOf) }),
    nobody,
  );
const silent = (directory: Directory) =>
  [...directory.instances.values()].filter(isSilent).map(({ stats }) => stats.id);
const endpoint = rateKey("codes", "issue *.natster.codes.issue");

test("an answer that comes late once is not missed, a second time it is silence", () => {
  expect(silent(after([{}], []))).toEqual([]);
  expect(silent(after([{}], [], []))).toEqual(["ID1"]);
  expect(silent(after([{}], [], [], [{}]))).toEqual([]);
});

test("what is silent for half a minute is forgotten", () => {
  const silence = (looks: number) => after([{}], ...Array.from({ length: looks }, () => []));
  expect(silence(14).instances.size).toBe(1);
  expect(silence(15).instances.size).toBe(0);
  expect(silence(15).rates.size).toBe(0);
});

test("a rate is what was asked between two looks, of all instances together", () => {
  const { rates } = after(
    [{ requests: 100 }, { id: "ID2", requests: 7 }],
    [{ requests: 104 }, { id: "ID2", requests: 9 }],
    [{ requests: 104 }, { id: "ID2", requests: 9 }],
  );
  expect(rates.get(rateKey("codes"))).toEqual([3, 0]);
  expect(rates.get(endpoint)).toEqual([3, 0]);
});

test("what an instance was asked before it was seen is no rate", () => {
  const { rates } = after(
    [{}],
    [{}, { id: "ID2", requests: 5_000 }],
    [{ requests: 2 }, { id: "ID2", requests: 5_002 }],
  );
  expect(rates.get(endpoint)).toEqual([0, 2]);
});

test("the figures of an instance that restarted under its name do not run backwards", () => {
  expect(after([{ requests: 100 }], [{ requests: 3 }]).rates.get(endpoint)).toEqual([0]);
});

test("a curve holds two minutes, and does not run across a pause", () => {
  const long = after(...Array.from({ length: 100 }, (_, at) => [{ requests: at }]));
  expect(long.rates.get(endpoint)).toHaveLength(60);
  const later = observe(long, { at: long.at + 60_000, stats: [statsOf({ requests: 219 })], infos: [] });
  expect(later.rates.get(endpoint)).toEqual([2]);
});

test("what was told once is remembered", () => {
  const once = after([{}]);
  const twice = observe(once, { at: start + 2_000, stats: [statsOf({})], infos: [] });
  expect(twice.instances.get("ID1")?.info?.description).toBe("What codes does");
});
