import { expect, test } from "vitest";
import { createOrder, type Order } from "./order.ts";

/** What becomes of deliveries that come one after another, a millisecond between them. */
const taking = (order: Order, from: number, ...deliveries: number[]) =>
  deliveries.map((delivery, index) => order.take(delivery, from + index));

test("whoever stands by continues nothing", () => {
  expect(taking(createOrder(), 0, 1)).toEqual(["amiss"]);
});

test("after a rewinding deliveries follow from one", () => {
  const order = createOrder();
  order.rewound(0);
  expect(taking(order, 0, 1, 2, 3)).toEqual(["next", "next", "next"]);
});

test("a delivery that is left out, or comes twice, is amiss", () => {
  const order = createOrder();
  order.rewound(0);
  expect(taking(order, 0, 1, 3)).toEqual(["next", "amiss"]);
  order.rewound(0);
  expect(taking(order, 0, 1, 1)).toEqual(["next", "amiss"]);
});

test("what was on its way when the durable was rewound passes, and the first follows", () => {
  const order = createOrder();
  order.rewound(5_000);
  expect(taking(order, 5_000, 41, 42, 1, 2)).toEqual(["passing", "passing", "next", "next"]);
  expect(order.isAmiss(9_000)).toBe(false);
});

test("what comes late after a rewinding is not taken for passing", () => {
  const order = createOrder();
  order.rewound(0);
  expect(order.take(46, 1_001)).toBe("amiss");
});

test("where the first never comes although others passed, somebody else has had it", () => {
  const order = createOrder();
  order.rewound(0);
  expect(order.isAmiss(2_000)).toBe(false);
  expect(order.take(46, 10)).toBe("passing");
  expect(order.isAmiss(500)).toBe(false);
  expect(order.isAmiss(1_001)).toBe(true);
});

test("what is forgotten continues nothing", () => {
  const order = createOrder();
  order.rewound(0);
  order.forget();
  expect(order.take(1, 1)).toBe("amiss");
});
