import { given } from "@natster/micro/given";
import { createKey } from "@natster/trust";
import { expect, test } from "vitest";
import { claimHandle, handle, releaseHandle } from "./handle.ts";

const [alice, bob] = [createKey("account").public, createKey("account").public];
const claimed = { type: "claimed", data: { account: alice } } as const;
const released = { type: "released", data: { account: alice } } as const;

test("a handle that nobody has is claimed", () => {
  expect(given(handle).when(claimHandle(alice))).toEqual({ recorded: [claimed] });
});

test("a handle that somebody has is refused to others, and nothing new to its owner", () => {
  expect(given(handle, claimed).when(claimHandle(bob))).toEqual({ refused: "handle_taken" });
  expect(given(handle, claimed).when(claimHandle(alice))).toEqual({ recorded: [] });
});

test("a handle is released by whoever has it, and by nobody else", () => {
  expect(given(handle, claimed).when(releaseHandle(alice))).toEqual({ recorded: [released] });
  expect(given(handle, claimed).when(releaseHandle(bob))).toEqual({ recorded: [] });
  expect(given(handle).when(releaseHandle(alice))).toEqual({ recorded: [] });
});

test("a handle that was released is free again", () => {
  expect(given(handle, claimed, released).when(claimHandle(bob))).toEqual({
    recorded: [{ type: "claimed", data: { account: bob } }],
  });
});
