/** A system in containers for a while: load, random harm, and what each container has in memory. */
import { createKey } from "@natster/trust";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import fc from "fast-check";
import { expect, inject, test } from "vitest";
import * as z from "zod";
import { CatalogName, Label } from "@natster/contracts";
import { output } from "../../deploy/src/run.ts";
import type { Compose } from "../containers/compose.ts";
import { services, startContainers } from "../containers/system.ts";
import { connectFully } from "../faults/everything.fixture.ts";
import { insist } from "../faults/insist.fixture.ts";
import { wrongIn } from "../faults/recorded.fixture.ts";
import { openReplay } from "../faults/replay.fixture.ts";
import { everyHarm, harms } from "./harm.ts";
import { startLoad } from "./load.ts";

const { NATSTER_SOAK_SECONDS: seconds = "90" } = process.env;
const until = Number(seconds) * 1_000;
const containers = ["nats", ...services];
const all = everyHarm(containers);

test(
  `for ${seconds} seconds of load and random harm nothing is lost or stands aside, and no consumers or subscriptions pile up`,
  { timeout: until + 600_000 },
  async () => {
    const root = createKey("account");
    await using system = await startContainers({ command: inject("compose"), administrators: [root.public] });
    const administrator = await system.person(undefined, root);
    await using replay = await openReplay({ ...system, administrator });
    await using nats = await connectFully(system, "system");
    const people = await Promise.all(Array.from({ length: 4 }, () => system.person()));
    const [seed = 0] = fc.sample(fc.nat(), 1);
    console.log(`${seconds} s of harm in the order of seed ${seed}`);

    const own = CatalogName.parse("own");
    for (const person of people) await person.catalog.create({ catalog: own });
    const load = startLoad(people, async (person, name) => {
      const description = Label.parse(`turn ${name}`);
      const described = await insist((options) => person.catalog.describe({ catalog: own, description }, options));
      // A question that is not answered is asked again by whoever asked; none of them is counted here.
      await person.library.whoami({}).catch(() => {});
      return [described];
    });

    const look = async () => ({
      consumers: await consumers(replay.connection),
      subscriptions: await subscriptions(nats.connection),
      memory: await memory(system.compose),
    });
    await load.more(50);
    const before = await look();
    say(before);
    const began = Date.now();
    for (const { service, harm } of fc.sample(fc.constantFrom(...all), { numRuns: 10_000, seed })) {
      if (Date.now() - began > until) break;
      await load.more(20);
      await harms[harm](system.compose, service);
      say({ harm: `${service} ${harm}`, memory: await memory(system.compose) });
    }
    await load.more(50);
    const outcomes = await load.end();
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
    console.log(`${outcomes.length} commands acknowledged, each recorded once`);
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

/** What each container has in memory, as the engine counts it. */
async function memory(compose: Compose): Promise<Record<string, string>> {
  const there = (await compose.conditions()).filter(({ service }) => containers.includes(service));
  const format = ["--no-stream", "--format", "{{.MemUsage}}"];
  const said = await output("docker", ["stats", ...format, ...there.map(({ container }) => container)]);
  const used = said.split("\n").map((line) => line.split(" / ")[0] ?? "");
  return Object.fromEntries(there.map(({ service }, at) => [service, used[at] ?? ""]));
}
