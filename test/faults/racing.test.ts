/** A thousand people want the same at the same moment, and what may happen once happens once. */
import { CatalogName, Handle } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { client } from "@natster/micro";
import { visitLobby } from "@natster/person";
import { startSystem } from "@natster/testing";
import { createKey, signGrant, signRegistration } from "@natster/trust";
import { expect, onTestFinished, test } from "vitest";
import { insist, type Outcome } from "./insist.fixture.ts";
import { openReplay } from "./replay.fixture.ts";

const many = 1_000;
/** Nobody dies here: whoever waits is answered, however long the line is. */
const patient = { timeout: 120_000 };
const now = () => Math.floor(Date.now() / 1000);

async function aSystem() {
  // Several instances of each service decide about the same things.
  const system = await startSystem({ apart: ["accounts", "accounts", "catalog", "catalog"] });
  onTestFinished(() => system[Symbol.asyncDispose]());
  const replay = await openReplay(system);
  onTestFinished(() => replay[Symbol.asyncDispose]());
  return { system, replay };
}

const countOf = (outcomes: readonly Outcome[]) =>
  Object.entries(Object.groupBy(outcomes, (outcome) => ("refused" in outcome ? outcome.refused : "recorded"))).map(
    ([what, all]) => [what, all?.length],
  );

test("a thousand claims of one handle have one winner", { timeout: 300_000 }, async () => {
  const { system, replay } = await aSystem();
  const handle = Handle.parse("highlander");
  const outcomes = await visitLobby(system.platform.place, (connection) => {
    const { register } = client(accounts, connection);
    return Promise.all(
      Array.from({ length: many }, () => {
        const claims = signRegistration(createKey("account"), { handle }, now());
        return insist((options) => register({ claims }, options), patient);
      }),
    );
  });

  expect(Object.fromEntries(countOf(outcomes))).toEqual({ recorded: 1, handle_taken: many - 1 });
  const subjects = [...(await replay.recordings()).values()].flat();
  expect(subjects.filter((subject) => subject.startsWith(`events.handle.${handle}.`))).toHaveLength(1);
  // The administrator, and the winner: nobody was admitted without the handle that was asked for.
  expect(subjects.filter((subject) => subject.endsWith(".registered"))).toHaveLength(2);
  expect(await replay.settled()).toEqual([]);
});

test("a thousand shares of one catalog with one person are one event", { timeout: 300_000 }, async () => {
  const { system, replay } = await aSystem();
  const [alice, bob] = await Promise.all([system.person("alice"), system.person("bob")]);
  const catalog = CatalogName.parse("photos");
  await alice.catalog.create({ catalog });
  const grant = signGrant(alice.key, { catalog, recipient: bob.account, issuedAt: now() });
  const outcomes = await Promise.all(
    Array.from({ length: many }, () => insist((options) => alice.catalog.share({ catalog, grant }, options), patient)),
  );

  // Everybody is told of the same event.
  expect(new Set(outcomes.map((outcome) => "after" in outcome && outcome.after))).toHaveProperty("size", 1);
  const subjects = [...(await replay.recordings()).values()].flat();
  expect(subjects.filter((subject) => subject.startsWith("events.share."))).toHaveLength(1);
  expect(await replay.settled()).toEqual([]);
});
