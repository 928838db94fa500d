import { expect, test } from "vitest";
import { en } from "../i18n/en.ts";
import { nobody, observe } from "./directory.ts";
import { newsBetween } from "./news.ts";
import { servicesIn } from "./overview.ts";
import { infoOf, type Said, statsOf } from "./seen.fixture.ts";
import { Info, Stats } from "./wire.ts";

const look = (said: readonly Said[], before = nobody) =>
  observe(before, { at: before.at + 2_000, stats: said.map(statsOf), infos: said.map(infoOf) });
const latency = (p99: number) => ({ latency: { p50: 1, p95: 2, p99 } });

test("the instances of a service are one service, and their figures are added up", () => {
  const [codes, ...others] = servicesIn(
    look([
      { requests: 10, errors: 1, nanoseconds: 20e6, data: { ...latency(30), refusals: { code_used: 1 }, faults: 0 } },
      {
        id: "ID2",
        requests: 30,
        errors: 3,
        nanoseconds: 20e6,
        data: { ...latency(5), refusals: { code_used: 2 }, faults: 1 },
      },
    ]),
  );
  expect(others).toEqual([]);
  expect(codes).toMatchObject({
    name: "codes",
    versions: ["1.2.0"],
    description: "What codes does",
    answering: 2,
    requests: 40,
    errors: 4,
    faults: 1,
    average: 1,
    silentSince: undefined,
  });
  expect(codes?.endpoints[0]).toMatchObject({
    name: "issue",
    subject: "*.natster.codes.issue",
    queue: "codes",
    summary: "Make a code known",
    access: "lobby",
    latency: { p50: 1, p95: 2, p99: 30 },
    refusals: { code_used: 3 },
    lastError: "code_used",
  });
});

test("an endpoint that each instance has for itself is shown once, and last", () => {
  const [codes] = servicesIn(look([{}, { id: "ID2" }]));
  expect(codes?.endpoints.map(({ subject }) => subject)).toEqual(["*.natster.codes.issue", "health.codes.{instance}"]);
});

test("where nothing was asked there is no average, and where a service does not say, no latency", () => {
  const [codes] = servicesIn(look([{}]));
  expect(codes).toMatchObject({ average: undefined, endpoints: [{ latency: undefined }, {}] });
});

test("an error of a service that tells no refusals apart counts as a fault", () => {
  expect(servicesIn(look([{ requests: 5, errors: 2 }]))[0]).toMatchObject({ errors: 2, faults: 2 });
});

test("services stand in the order of their names", () => {
  const names = servicesIn(
    look([
      { id: "1", name: "web" },
      { id: "2", name: "accounts" },
    ]),
  ).map(({ name }) => name);
  expect(names).toEqual(["accounts", "web"]);
});

test("what appears, falls silent and answers again is news", () => {
  const first = look([{}]);
  const second = look([{}, { id: "ID2", name: "web" }], first);
  const third = look([{}], look([{}], second));
  const fourth = look([{}, { id: "ID3", name: "web" }], third);
  const [one, two, three, four] = [first, second, third, fourth].map(servicesIn);
  if (!one || !two || !three || !four) throw new Error("four looks");
  const said = en.services.news;
  expect(newsBetween([], one, said)).toEqual([]);
  expect(newsBetween(one, two, said)).toEqual(["web appeared"]);
  expect(two.find(({ name }) => name === "web")?.isNew).toBe(true);
  expect(newsBetween(two, three, said)).toEqual(["web stopped answering"]);
  expect(newsBetween(three, four, said)).toEqual(["web answers again"]);
});

test("what somebody else's service says is read as far as it makes sense", () => {
  const odd = {
    id: "X",
    name: "odd",
    endpoints: [{ name: "a", subject: "a", num_requests: "many", data: { latency: 7 } }],
  };
  expect(Stats.parse(odd)).toMatchObject({
    version: "",
    endpoints: [{ num_requests: 0, data: { latency: undefined } }],
  });
  expect(Stats.parse({ id: "X", name: "odd", endpoints: null }).endpoints).toEqual([]);
  expect(
    Info.parse({ id: "X", name: "odd", endpoints: [{ name: "a", subject: "a", metadata: null }] }).endpoints,
  ).toHaveLength(1);
  expect(Stats.safeParse("PONG").success).toBe(false);
});
