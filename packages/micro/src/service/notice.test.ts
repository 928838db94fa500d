import { FeedNotice } from "@natster/contracts/library";
import { createKey } from "@natster/trust";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyBytes } from "./bytes.fixture.ts";
import { readNotice } from "./notice.ts";

const owner = createKey("account").public;
const notice = { kind: "catalog", owner, catalog: "photos", sequence: 1 };
const said = (value: unknown) => readNotice(new TextEncoder().encode(JSON.stringify(value)));

test("what a notice of a newer platform says besides is passed over, and another kind of notice is", () => {
  expect(said({ ...notice, revision: 2 })).toEqual(notice);
  expect(said({ ...notice, kind: "weather" })).toBeUndefined();
  expect(said({ ...notice, sequence: "1" })).toBeUndefined();
});

test("whatever the feed says is a notice or nothing, and never an exception", () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const read = readNotice(bytes);
      expect(read === undefined || FeedNotice.safeParse(read).success).toBe(true);
    }),
  );
});
