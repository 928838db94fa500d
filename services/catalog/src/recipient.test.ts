import { given } from "@natster/micro/given";
import { expect, test } from "vitest";
import { recipient } from "./recipient.ts";

const registered = { type: "registered", data: {} } as const;
const suspended = { type: "suspended", data: {} } as const;

test("somebody exists from registration until closing, also while suspended", () => {
  expect(given(recipient).state.exists).toBe(false);
  expect(given(recipient, registered).state.exists).toBe(true);
  expect(given(recipient, registered, suspended).state.exists).toBe(true);
  expect(given(recipient, registered, { type: "closed", data: {} }).state.exists).toBe(false);
});
