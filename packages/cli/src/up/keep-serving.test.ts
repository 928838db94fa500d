import { expect, test } from "vitest";
import type { Agent } from "../serving/agent.ts";
import { keepServing } from "./keep-serving.ts";

/** A serving process whose connection ends when somebody says so. */
function agentThatEnds() {
  const ended = Promise.withResolvers<Error | undefined>();
  const log: string[] = [];
  const agent: Agent = {
    states: () => [],
    refresh: async () => [],
    ended: ended.promise,
    async [Symbol.asyncDispose]() {
      log.push("closed");
      ended.resolve(undefined);
    },
  };
  return { agent, end: ended.resolve, log };
}

test("serving whose connection has ended for good is started again, and what was left of it is closed", async () => {
  const [first, second] = [agentThatEnds(), agentThatEnds()];
  const agents = [first.agent, second.agent];
  const told: string[] = [];
  await using kept = await keepServing(
    async () => agents.shift() ?? Promise.reject(new Error("not asked for")),
    (what) => told.push(what),
  );
  first.end(new Error("Authorization Violation"));

  await expect.poll(() => agents).toEqual([]);
  expect(first.log).toEqual(["closed"]);
  expect(told).toEqual([expect.stringMatching(/Authorization Violation.*started again/)]);
  expect(await Promise.race([kept.failed, Promise.resolve("serving")])).toBe("serving");
});

test("serving that cannot be started again, or ends again and again, is said", async () => {
  const once = agentThatEnds();
  let starts = 0;
  await using refused = await keepServing(
    async () => (starts++ === 0 ? once.agent : Promise.reject(new Error("not let in"))),
    () => {},
  );
  once.end(undefined);
  await expect(refused.failed).resolves.toMatchObject({ cause: { message: "not let in" } });

  await using restless = await keepServing(
    async () => {
      const { agent, end } = agentThatEnds();
      end(new Error("gone"));
      return agent;
    },
    () => {},
  );
  await expect(restless.failed).resolves.toMatchObject({ message: expect.stringContaining("again and again") });
});
