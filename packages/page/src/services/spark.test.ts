import { expect, test } from "vitest";
import { spark } from "./spark.ts";

const size = { width: 120, height: 28, places: 5 };

test("the newest is at the right edge, the highest at the top", () => {
  expect(spark([0, 2, 4], size).line).toBe("M60 27L90 14L120 1");
});

test("a single small number is no mountain", () => {
  expect(spark([0, 0.1], size).line).toBe("M90 27L120 24.4");
});

test("one number is no curve, and more than there are places are left out", () => {
  expect(spark([3], size).line).toBe("");
  expect(spark([9, 9, 9, 0, 0, 0, 0, 0], size).line).toBe("M0 27L30 27L60 27L90 27L120 27");
});
