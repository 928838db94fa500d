import { expect, test } from "vitest";
import { createTeller, duration, size } from "./tell.ts";

const listen = (isTTY: boolean) => {
  const heard: string[] = [];
  return { heard, out: { isTTY, write: (text: string) => heard.push(text) > 0 } };
};

test("elsewhere than on a terminal a step is one plain line, told when it is done", async () => {
  const { heard, out } = listen(false);
  const result = await createTeller(out).step("counting", async () => ({ told: "counted", result: 3 }));
  expect(result).toBe(3);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatch(/^ {2}✓ counted {2}\d+ ms\n$/);
});

test("a step that fails says which it was, and its reason rises", async () => {
  const { heard, out } = listen(false);
  await expect(createTeller(out).step("counting", () => Promise.reject(new Error("lost")))).rejects.toThrow("lost");
  expect(heard.join("")).toBe("  ✗ counting\n");
});

test("sizes and durations are told in words", () => {
  expect([0, 999, 1_000, 746_664, 5_400_000].map(size)).toEqual(["0 B", "999 B", "1 kB", "747 kB", "5.4 MB"]);
  expect([12.4, 999, 1_500].map(duration)).toEqual(["12 ms", "999 ms", "1.5 s"]);
});
