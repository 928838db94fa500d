/** Names under pressure: whoever asks at once, or again, ends with one name, and blocks no other. */
import { Handle } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { client, isRefusal } from "@natster/micro";
import { register, visitLobby } from "@natster/person";
import { startSystem, type TestSystem } from "@natster/testing";
import { createKey, signRegistration } from "@natster/trust";
import { afterAll, beforeAll, expect, test } from "vitest";

let system: TestSystem;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.[Symbol.asyncDispose]());

const handle = (name: string) => Handle.parse(name);
const now = () => Math.floor(Date.now() / 1000);
/** To whom a handle leads; undefined where to nobody. */
const ownerOf = async (name: string, after: number): Promise<string | undefined> => {
  const { library } = system.administrator;
  try {
    return (await library.person({ handle: handle(name), after })).account;
  } catch (error) {
    if (isRefusal(error, "person_unknown")) return undefined;
    throw error;
  }
};

/** Why some of several tries failed. */
const refusals = (tries: PromiseSettledResult<unknown>[]): Set<unknown> =>
  new Set(tries.flatMap((each) => (each.status === "rejected" ? [(each.reason as { reason?: string }).reason] : [])));

test("of five who register one handle at once, one gets it, and nobody else an account", async () => {
  const people = Array.from({ length: 5 }, () => createKey("account"));
  const tries = await Promise.allSettled(
    people.map((account) => register(system.platform.place, { account, handle: handle("wanted") })),
  );
  const won = people.filter((_, index) => tries[index]?.status === "fulfilled");
  expect(won).toHaveLength(1);
  expect(refusals(tries)).toEqual(new Set(["handle_taken"]));
  expect(await ownerOf("wanted", 0)).toBe(won[0]?.public);
});

test("an account that registers again, under other names, keeps the one it has and takes no other", async () => {
  const key = createKey("account");
  await register(system.platform.place, { account: key, handle: handle("first") });
  const after = await visitLobby(system.platform.place, async (connection) => {
    let last = 0;
    for (const name of ["second", "third"]) {
      const claims = signRegistration(key, { handle: handle(name) }, now());
      last = (await client(accounts, connection).register({ claims })).after;
    }
    return last;
  });
  expect(await ownerOf("first", after)).toBe(key.public);
  expect(await ownerOf("second", after)).toBeUndefined();
  expect(await ownerOf("third", after)).toBeUndefined();
});

test("registrations of one account under several names at once leave it with one", async () => {
  const key = createKey("account");
  const names = ["anna", "bella", "clara", "diana"];
  const done = await visitLobby(system.platform.place, (connection) =>
    Promise.allSettled(
      names.map((name) =>
        client(accounts, connection).register({ claims: signRegistration(key, { handle: handle(name) }, now()) }),
      ),
    ),
  );
  const after = Math.max(...done.map((each) => (each.status === "fulfilled" ? each.value.after : 0)));
  const owners = await Promise.all(names.map((name) => ownerOf(name, after)));
  expect(owners.filter(Boolean)).toEqual([key.public]);
});

test("renaming to several names at once leaves one, and frees every other", async () => {
  const person = await system.person("before");
  const names = ["eve-1", "eve-2", "eve-3", "eve-4", "eve-5"];
  const done = await Promise.allSettled(names.map((name) => person.accounts.rename({ handle: handle(name) })));
  expect(["", "conflict"]).toContain([...refusals(done)].join());
  const after = Math.max(...done.map((each) => (each.status === "fulfilled" ? each.value.after : 0)));
  const { handle: has } = await person.library.whoami({ after });
  const owners = await Promise.all(
    ["before", ...names].map(async (name) => ((await ownerOf(name, after)) ? name : undefined)),
  );
  expect(owners.filter(Boolean)).toEqual([has]);
});

test("the same rename under the same command id answers the same", async () => {
  const person = await system.person("twice");
  const command = { commandId: "rename-once" };
  const first = await person.accounts.rename({ handle: handle("thrice") }, command);
  const again = await Promise.all([1, 2, 3].map(() => person.accounts.rename({ handle: handle("thrice") }, command)));
  expect(again).toEqual([first, first, first]);
});
