import { expect, test } from "vitest";
import { memoryEnvironment } from "./memory.ts";

test("nats-server collects less often, within a quarter of the machine's memory", () => {
  expect(memoryEnvironment({ HOME: "/home/ann" }, 8 * 1024 ** 3)).toEqual({
    HOME: "/home/ann",
    GOGC: "400",
    GOMEMLIMIT: String(2 * 1024 ** 3),
  });
});

test("what somebody set stays", () => {
  expect(memoryEnvironment({ GOGC: "100", GOMEMLIMIT: "off" })).toEqual({ GOGC: "100", GOMEMLIMIT: "off" });
});
