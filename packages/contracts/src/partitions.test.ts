import { describe, expect, test } from "vitest";
import { isOfPart, partitionOf, partName, partsOf, whole } from "./partitions.ts";

const shares = Array.from({ length: 600 }, (_, index) => `events.share.owner${index % 7}.catalog${index}.bob`);

describe("parts", () => {
  test("have every aggregate between them, each of them in one part alone", () => {
    for (const subject of shares) {
      expect(partsOf(3).filter((part) => isOfPart(`${subject}.shared`, part))).toHaveLength(1);
    }
  });

  test("have all events of an aggregate together, whatever their type", () => {
    for (const subject of shares)
      expect(partitionOf(`${subject}.shared`, 5)).toBe(partitionOf(`${subject}.dropped`, 5));
  });

  test("have about as much each", () => {
    const sizes = partsOf(3).map((part) => shares.filter((subject) => isOfPart(`${subject}.shared`, part)).length);
    expect(Math.min(...sizes)).toBeGreaterThan(100);
  });

  test("are the whole where there is one", () => {
    expect(partsOf(1)).toEqual([whole]);
    expect(shares.every((subject) => isOfPart(`${subject}.shared`, whole))).toBe(true);
  });

  test("have names of their own, which another number of them has not", () => {
    const names = [1, 2, 3].flatMap((count) => partsOf(count).map((part) => partName("shares_a", part)));
    expect(names).toEqual(["shares_a", "shares_a_2_0", "shares_a_2_1", "shares_a_3_0", "shares_a_3_1", "shares_a_3_2"]);
  });
});
