import { createKey } from "@natster/trust";
import { expect, test } from "vitest";
import type { Command } from "../service/command.ts";
import { inTurn } from "./in-turn.ts";

const account = createKey("account").public;
const [phone, laptop] = [createKey("user").public, createKey("user").public];

const by = (user: typeof phone, more: Partial<Command> = {}): Command => ({
  id: "command-1",
  name: "accounts.rename",
  caller: { account, user, newcomer: false, administrator: false },
  ...more,
});

/** Work that ends when it is told to, and what has begun of it. */
function works() {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  return {
    begun,
    end: (name: string) => ends.get(name)?.resolve(name),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
    work: (name: string) => () => {
      begun.push(name);
      const ending = Promise.withResolvers<string>();
      ends.set(name, ending);
      return ending.promise;
    },
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("two commands of a device are decided at once, and the others in the order in which they came", async () => {
  const turn = inTurn();
  const { begun, end, work } = works();
  const done = ["1", "2", "3", "4"].map((name) => turn(by(phone), work(name)));
  expect(begun).toEqual(["1", "2"]);

  end("2");
  await settle();
  expect(begun).toEqual(["1", "2", "3"]);
  for (const name of ["1", "3"]) end(name);
  await settle();
  end("4");
  expect(await Promise.all(done)).toEqual(["1", "2", "3", "4"]);
});

test("another device of the same account, what follows by itself and newcomers wait for none of them", () => {
  const turn = inTurn();
  const { begun, work } = works();
  const newcomer = { account, newcomer: true, administrator: false };
  for (const name of ["1", "2", "3"]) void turn(by(phone), work(name));
  void turn(by(laptop), work("theirs"));
  void turn(by(phone, { follows: true }), work("following"));
  for (const name of ["new 1", "new 2", "new 3"]) void turn(by(phone, { caller: newcomer }), work(name));
  expect(begun).toEqual(["1", "2", "theirs", "following", "new 1", "new 2", "new 3"]);
});

test("one that fails makes way as well", async () => {
  const turn = inTurn();
  const { begun, fail, work } = works();
  const [first] = ["1", "2", "3"].map((name) => turn(by(phone), work(name)));
  fail("1");
  await expect(first).rejects.toThrow("1");
  await settle();
  expect(begun).toEqual(["1", "2", "3"]);
});

test("a device of which ever more wait is refused, and admitted again when fewer do", async () => {
  const turn = inTurn();
  const { end, work } = works();
  for (let at = 1; at <= 2 + 1_024; at++) void turn(by(phone), work(`${at}`));
  await expect(turn(by(phone), work("one too many"))).rejects.toMatchObject({ reason: "too_many_requests" });
  await expect(turn(by(laptop), async () => "theirs")).resolves.toBe("theirs");

  end("1");
  await settle();
  void turn(by(phone), work("again"));
  await expect(turn(by(phone), work("and one more"))).rejects.toMatchObject({ reason: "too_many_requests" });
});
