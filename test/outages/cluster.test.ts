/** Three nats-servers with three copies of each stream: one at a time is killed, cut off or restarted. */
import { createKey } from "@natster/trust";
import { expect, inject, test } from "vitest";
import { wrongIn } from "../faults/recorded.fixture.ts";
import { openReplay } from "../faults/replay.fixture.ts";
import { surviveFaults } from "./cluster.ts";
import { startContainers } from "../containers/system.ts";

test("a cluster loses its leader, a node and each of its servers in turn, and nothing that was acknowledged", async () => {
  const root = createKey("account");
  await using system = await startContainers({ command: inject("compose"), servers: 3, administrators: [root.public] });
  const administrator = await system.person(undefined, root);
  await using replay = await openReplay({ ...system, administrator });

  const { outcomes, downloads } = await surviveFaults(system, replay.connection, ({ fault, server, waits }) =>
    console.log(`${server} ${fault}: ${waits.length} commands, the longest took ${Math.round(Math.max(...waits))} ms`),
  );

  expect(await wrongIn(replay, outcomes)).toEqual([]);
  expect(await replay.settled()).toEqual([]);
  expect(downloads).toBeGreaterThan(0);
  console.log(`${outcomes.length} commands acknowledged, each recorded once; ${downloads} downloads of 64 MiB`);
}, 600_000);
