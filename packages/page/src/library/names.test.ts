import { AccountKey, Handle } from "@natster/contracts";
import { createKey } from "@natster/trust";
import { beforeEach, expect, test, vi } from "vitest";
import type { EngineClient } from "../engine/connect.ts";
import { shortKey } from "../i18n/format.ts";
import { findPerson, know, nameOf, pinned } from "./names.ts";

const someone = () => AccountKey.parse(createKey("account").public);
const [bob, mallory] = [someone(), someone()];

beforeEach(() => {
  const store = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => store.get(name) ?? null,
    setItem: (name: string, value: string) => void store.set(name, value),
  });
});

/** A platform that says of one account that it has the handle. */
const sayingThat = (account: AccountKey, handle = "bob") =>
  ({ ask: async () => ({ account, handle: Handle.parse(handle) }) }) as unknown as EngineClient;

test("a pinned handle that leads to another key is refused, whatever was shown meanwhile", async () => {
  expect(await findPerson(sayingThat(bob), "@bob")).toBe(bob);
  expect(await nameOf(sayingThat(mallory), mallory)).toBe(shortKey(mallory));
  await expect(findPerson(sayingThat(mallory), "@bob")).rejects.toMatchObject({ reason: "key_changed" });
  expect(pinned()).toEqual({ bob });
});

test("who was shown by a handle first keeps it", async () => {
  expect(await nameOf(sayingThat(bob), bob)).toBe("@bob");
  expect(await nameOf(sayingThat(mallory), mallory)).toBe(shortKey(mallory));
  expect(await nameOf(sayingThat(bob, "robert"), bob)).toBe("@bob");
});

test("who is known from elsewhere does not displace anybody", () => {
  know({ bob });
  know({ bob: mallory, mallory });
  expect(pinned()).toEqual({ bob, mallory });
});

test("a handle may be a word that every object answers to", async () => {
  expect(await findPerson(sayingThat(bob, "constructor"), "constructor")).toBe(bob);
});

test("what an older release pinned, by account, still holds, the first where two have one handle", async () => {
  localStorage.setItem("natster.names", JSON.stringify({ [bob]: "bob", [mallory]: "bob" }));
  expect(await nameOf(sayingThat(bob, "robert"), bob)).toBe("@bob");
  expect(await nameOf(sayingThat(mallory), mallory)).toBe(shortKey(mallory));
  await expect(findPerson(sayingThat(mallory), "bob")).rejects.toMatchObject({ reason: "key_changed" });
});
