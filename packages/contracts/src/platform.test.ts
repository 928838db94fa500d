import { describe, expect, test } from "vitest";
import type { Endpoint, ServiceContract } from "./define.ts";
import { kitErrors } from "./kit.ts";
import {
  allEvents,
  deliveredTo,
  events,
  filtersOf,
  projectionSides,
  reactions,
  readsOf,
  services,
  volatileBuckets,
} from "./platform.ts";

const contracts = Object.values<ServiceContract>(services);
const endpoints = contracts.flatMap((service) =>
  Object.entries<Endpoint>(service.endpoints).map(([name, endpoint]) => [`${service.name}.${name}`, endpoint] as const),
);

describe("an endpoint", () => {
  test.for(endpoints)(
    "%s has a subject that is safe, and parameters for its placeholders",
    ([, { subject, params }]) => {
      const tokens = subject.split(".");
      for (const token of tokens) expect(token).toMatch(/^([a-z][a-z0-9-]*|\{\w+\})$/);
      const placeholders = tokens.flatMap((token) => /^\{(\w+)\}$/.exec(token)?.[1] ?? []);
      expect(Object.keys(params?.shape ?? {}).toSorted()).toEqual(placeholders.toSorted());
    },
  );

  test.for(endpoints)("%s says what it does in one line, as one who asks it would", ([, { summary }]) => {
    expect(summary).toMatch(/^[A-Z][^\n]{5,160}[^.\s]$/);
  });

  test.for(endpoints)("%s refuses by words of its own, with codes that people know", ([, { errors }]) => {
    const wrong = Object.entries(errors).filter(
      ([reason, code]) => !/^[a-z]+(_[a-z]+)*$/.test(reason) || code < 400 || code > 599 || reason in kitErrors,
    );
    expect(wrong).toEqual([]);
  });

  test("is the only one on its subject", () => {
    const subjects = endpoints.map(([, { subject }]) => subject);
    expect(subjects.filter((subject, index) => subjects.indexOf(subject) !== index)).toEqual([]);
  });
});

describe("a service", () => {
  test("has a name that the services API takes, and a version", () => {
    for (const { name, version } of contracts) {
      expect(name).toMatch(/^[a-z][a-z-]*$/);
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  test("owns its events alone, and every kind of event is owned", () => {
    const owned = contracts.flatMap(({ owns = [] }) => owns);
    const under = (prefix: string, subject: string) => subject === prefix || subject.startsWith(`${prefix}.`);
    for (const { subject } of events) expect(owned.filter((each) => under(subject, each))).not.toEqual([]);
    for (const each of owned) {
      expect(events.filter(({ subject }) => under(subject, each))).toHaveLength(1);
      expect(owned.filter((other) => under(each, other))).toEqual([each]);
    }
  });
});

test("every bucket and every durable has a name of its own, which NATS takes", () => {
  const buckets = [
    ...projectionSides.map(({ bucket }) => bucket.name),
    ...volatileBuckets.map(({ bucket }) => bucket.name),
  ];
  const durables = [...projectionSides.map(({ durable }) => durable.name), ...reactions.map(({ name }) => name)];
  for (const names of [buckets, durables]) {
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  }
});

describe("a durable", () => {
  test("of a reaction is delivered what it reads and nothing else", () => {
    for (const durable of reactions) expect(filtersOf(durable)).toEqual([deliveredTo(durable)]);
  });

  test("of a projection is delivered everything, and knows by the subject what it reads", () => {
    const found = projectionSides.find(({ durable: { name } }) => name === "shares_a")?.durable;
    if (!found) throw new Error("shares has no first side");
    expect(deliveredTo(found)).toBe(allEvents);
    const subjects = [
      "events.share.OWNER.music.READER.shared",
      "events.projection.projector.shares.retried",
      "events.projection.projector.people.retried",
      "events.share.OWNER.music.shared",
      "events.code.S7KQ2M4T.issued",
    ];
    expect(subjects.filter(readsOf(found))).toEqual(subjects.slice(0, 2));
  });
});

test("event types and their subjects are tokens", () => {
  for (const { subject, types } of events) {
    expect(subject).toMatch(/^events\.[a-z]+$/);
    for (const type of Object.keys(types)) expect(type).toMatch(/^[a-z]+(_[a-z]+)*$/);
  }
});
