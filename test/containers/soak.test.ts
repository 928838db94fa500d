/**
 * A system in containers for a while: load and random harm, then load alone, so that whatever piles up in a container that
 * is left in peace is seen. What each has in memory is printed all along. Thirty seconds of it belong to CI, an hour to a release.
 */
import { createKey } from "@natster/trust";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import fc from "fast-check";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import * as z from "zod";
import type { Compose } from "./compose.ts";
import { services, startContainers } from "./system.ts";
import { connectFully } from "../faults/everything.fixture.ts";
import { wrongIn } from "../faults/recorded.fixture.ts";
import { openReplay } from "../faults/replay.fixture.ts";
import { startDownloads } from "../outages/downloads.ts";
import { everyHarm, harms, processOf } from "../outages/harm.ts";
import { comeAndGo } from "../outages/come-and-go.ts";
import { startLoad } from "../outages/load.ts";

const { NATSTER_SOAK_SECONDS: seconds = "30" } = process.env;
const within = Number(seconds) * 1_000;
/** How often what is in memory is printed. */
const looks = 60;
const containers = ["nats", ...services];
const all = everyHarm(containers);

test(
  `for ${seconds} seconds of load and random harm nothing is lost or stands aside, and no consumers or subscriptions pile up`,
  { timeout: within + 600_000 },
  async () => {
    const root = createKey("account");
    await using system = await startContainers({ command: inject("compose"), administrators: [root.public] });
    const administrator = await system.person(undefined, root);
    await using replay = await openReplay({ ...system, administrator });
    await using nats = await connectFully(system, "system");
    const people = await Promise.all(Array.from({ length: 4 }, () => system.person()));
    const [seed = 0] = fc.sample(fc.nat(), 1);
    console.log(`${seconds} s of harm in the order of seed ${seed}`);

    const [owner, reader] = people;
    if (!owner || !reader) throw new Error("nobody is there");
    await using downloads = await startDownloads({
      system,
      owner,
      reader,
      bytes: 4 * 1024 * 1024,
      pause: 1_000,
      insists: true,
    });
    const load = startLoad(people, (person, name) => comeAndGo(person, people, name));

    const look = async () => ({
      consumers: await consumers(replay.connection),
      subscriptions: await subscriptions(nats.connection),
      memory: await memory(system.compose),
    });
    await load.more(50);
    const before = await look();
    say(before);
    const began = performance.now();
    const passed = () => performance.now() - began;
    const told = async (more: object) =>
      say({ second: Math.round(passed() / 1_000), ...more, memory: await memory(system.compose) });
    for (const { service, harm } of fc.sample(fc.constantFrom(...all), { numRuns: 10_000, seed })) {
      if (passed() > within / 2) break;
      await load.more(20);
      await harms[harm](system.compose, service);
      await told({ harm: `${service} ${harm}` });
    }
    while (passed() < within) {
      await Promise.all([load.more(20), sleep(within / looks)]);
      await told({ commands: load.outcomes.length, downloads: downloads.finished });
    }
    await load.more(50);
    const outcomes = await load.end();
    const finished = await downloads.end();
    await system.compose.areWell(containers);

    expect(await wrongIn(replay, outcomes)).toEqual([]);
    expect(await replay.settled()).toEqual([]);
    const kept = [await administrator.accounts.status({}), await administrator.library.status({})];
    const parked = kept.flatMap(({ projections }) => projections.filter((each) => each.parked > 0));
    expect(parked).toEqual([]);
    // Whoever comes back subscribes anew a little later, and whoever is gone is noticed a little later.
    await expect.poll(() => consumers(replay.connection), { timeout: 60_000 }).toBe(before.consumers);
    await expect
      .poll(() => subscriptions(nats.connection), { timeout: 60_000 })
      .toBeLessThanOrEqual(Math.ceil(before.subscriptions * 1.05));
    say(await look());
    console.log(`${outcomes.length} commands acknowledged, each recorded once; ${finished} downloads`);
  },
);

const say = (seen: unknown): void => console.log(JSON.stringify(seen));

/** How many consumers all streams have, but for those of the replay, which has no durables. */
async function consumers(connection: NatsConnection): Promise<number> {
  const manager = await jetstreamManager(connection);
  let count = 0;
  for await (const { config: stream } of manager.streams.list()) {
    for await (const { config } of manager.consumers.list(stream.name)) if (config.durable_name !== undefined) count++;
  }
  return count;
}

const Vars = z.object({ data: z.object({ subscriptions: z.number() }) });

/** How many subscriptions nats-server has. */
const subscriptions = async (system: NatsConnection): Promise<number> =>
  Vars.parse((await system.request("$SYS.REQ.SERVER.PING.VARZ", "", { timeout: 20_000 })).json()).data.subscriptions;

/** What the process in each container has in memory of its own, in MiB: files that the kernel keeps for it are not counted. */
async function memory(compose: Compose): Promise<Record<string, number>> {
  const entries = containers.map(async (service) => {
    const status = await readFile(`/proc/${await processOf(compose, service)}/status`, "utf8");
    return [service, Math.round(Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1]) / 1024)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
