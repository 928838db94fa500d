import { Refusal } from "@natster/micro/client";
import { expect, test } from "vitest";
import { explain } from "./explain.ts";

test("of what went wrong on the system it is said which service it was, and what to look for in its log", () => {
  const fault = new Refusal(500, { reason: "internal", message: "projector failed", errorId: "AGE5XQ" });
  expect(explain(fault)).toEqual({
    what: "something went wrong on the system",
    why: "projector failed",
    next: "look for AGE5XQ in its log, or have whoever runs the system do so",
  });
});
