/** Services are there before what they need is, and say what they wait for. */
import { expect, inject, test } from "vitest";
import type { Compose } from "./compose.ts";
import { services, startContainers } from "./system.ts";

/** What a service that has no streams of its own does not wait for. */
const withStreams = services.filter((name) => name !== "web");

test("services that start first wait for nats-server, then for their streams, and say so, without starting anew", async () => {
  const up = async (compose: Compose) => {
    const start = (...names: string[]) => compose.does("up", "--detach", "--no-build", "--no-deps", ...names);
    /** Resolves when each says so; fails with what the others say. */
    const allSay = async (names: readonly string[], what: string) => {
      const others = async () => {
        const said = await Promise.all(names.map((name) => compose.says(name)));
        return said.filter((each) => !each.includes(what));
      };
      await expect.poll(others, { timeout: 120_000, interval: 500 }).toEqual([]);
    };

    // Who they are has to have been told them; nothing else is there.
    await start("prepare");
    await expect.poll(() => compose.conditions(), { timeout: 60_000 }).toMatchObject([{ is: "ended with 0" }]);
    await start(...services);
    await allSay(services, "waiting for nats-server");
    await start("nats");
    await allSay(withStreams, "waiting for streams and buckets to be provided");
    await start("provision");
  };
  await using system = await startContainers({ command: inject("compose"), up });

  expect(await system.compose.restarts(services)).toEqual(services.map(() => 0));
  await using alice = await system.person("alice");
  expect(await alice.library.whoami({})).toMatchObject({ handle: "alice" });
}, 400_000);
