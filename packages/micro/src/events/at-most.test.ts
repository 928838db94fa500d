import fc from "fast-check";
import { expect, test } from "vitest";
import { atMost } from "./at-most.ts";

test("never more than so much is under way, and all of it is done, in its order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(fc.boolean(), { maxLength: 30 }), async (most, fails) => {
      const inTurn = atMost(most);
      const began: number[] = [];
      let underWay = 0;
      let highest = 0;
      const all = await Promise.allSettled(
        fails.map((fail, index) =>
          inTurn(async () => {
            began.push(index);
            highest = Math.max(highest, ++underWay);
            await new Promise((resolve) => setImmediate(resolve));
            underWay--;
            if (fail) throw new Error(String(index));
            return index;
          }),
        ),
      );
      expect(highest).toBeLessThanOrEqual(most);
      expect(began).toEqual(fails.map((_, index) => index));
      expect(all.map(({ status }) => status === "rejected")).toEqual(fails);
    }),
  );
});
