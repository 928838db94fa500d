import { Handle } from "@natster/contracts";
import { handleEvents } from "@natster/contracts/accounts";
import { people } from "@natster/contracts/library";
import { expect, test } from "vitest";
import { defineAggregate } from "./aggregate.ts";
import { given, happened, rowsAfter } from "./given.ts";
import { alice, bob } from "../nats.fixture.ts";
import { defineProjection } from "../projection/projection.ts";
import { kitRefusal } from "../service/refusal.ts";

const owner = defineAggregate({
  events: handleEvents,
  initial: undefined as string | undefined,
  evolve: (_, { type, data }) => (type === "claimed" ? data.account : undefined),
});
const claimed = { type: "claimed", data: { account: alice } } as const;
const kim = Handle.parse("kim");

test("what is given makes the state, and a decision comes to events", () => {
  expect(given(owner).state).toBeUndefined();
  expect(given(owner, claimed).state).toBe(alice);
  expect(given(owner, claimed).when((state) => (state ? [{ ...claimed, type: "released" }] : []))).toEqual({
    recorded: [{ type: "released", data: { account: alice } }],
  });
});

test("a decision that refuses comes to its reason, and one that fails rises", () => {
  const refusing = () => {
    throw kitRefusal("conflict");
  };
  const failing = () => {
    throw new RangeError("broken");
  };
  expect(given(owner).when(refusing)).toEqual({ refused: "conflict" });
  expect(() => given(owner).when(failing)).toThrow(RangeError);
});

test("rows follow from what happened, each at its time, and are gone where they end", () => {
  const owners = defineProjection(people, (from) => [
    from(handleEvents, {
      key: ({ handle }) => handle,
      evolve: (_, { type, data, time }) => (type === "claimed" ? { account: data.account, since: time } : undefined),
    }),
  ]);
  const max = Handle.parse("max");
  expect(
    rowsAfter(
      owners,
      happened(handleEvents, { handle: kim }, claimed),
      happened(handleEvents, { handle: max }, { ...claimed, data: { account: bob }, time: "2026-05-01T00:00:00.000Z" }),
      happened(handleEvents, { handle: kim }, { ...claimed, type: "released" }),
    ),
  ).toEqual({ max: { account: bob, since: "2026-05-01T00:00:00.000Z" } });
});
