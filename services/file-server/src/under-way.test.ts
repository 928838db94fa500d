import { createKey } from "@natster/trust";
import { expect, test } from "vitest";
import { UnderWay } from "./under-way.ts";

const [bob, carol, dave] = [0, 1, 2].map(() => ({ account: createKey("account").public }));
const [bobs, carols, daves] = [bob!, carol!, dave!];
const tooMany = expect.objectContaining({ reason: "too_many_requests", code: 429 });

test("so much is under way in a session, of an account and together, and no more until something is answered", () => {
  const underWay = new UnderWay({ ofSession: 2, ofAccount: 3, ofAll: 4 });
  const other = { ...bobs };
  const first = underWay.enter(bobs);
  underWay.enter(bobs);
  expect(() => underWay.enter(bobs)).toThrow(tooMany);
  underWay.enter(other);
  expect(() => underWay.enter(other)).toThrow(tooMany);
  underWay.enter(carols);
  expect(() => underWay.enter(daves)).toThrow(tooMany);

  first[Symbol.dispose]();
  const last = underWay.enter(daves);
  expect(() => underWay.enter(bobs)).toThrow(tooMany);
  last[Symbol.dispose]();
  underWay.enter(bobs);
});
