/** From the images of one commit to those of the next and back, under load: nobody who asks is left without an answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { createKey } from "@natster/trust";
import { freePorts } from "@natster/standalone/free-ports";
import { nuid } from "@nats-io/nats-core";
import { expect, inject, test } from "vitest";
import { type Compose, tag } from "../containers/compose.ts";
import { services, startContainers } from "../containers/system.ts";
import { wrongIn } from "../faults/recorded.fixture.ts";
import { openReplay } from "../faults/replay.fixture.ts";
import { comeAndGo, type Manner } from "./come-and-go.ts";
import { startDownloads } from "./downloads.ts";
import { startLoad } from "./load.ts";
import { buildCommit, roll, runAgain } from "./roll.ts";

/** The commit from which it is rolled. */
const { NATSTER_BEFORE: before = "HEAD~1" } = process.env;

test("every service is replaced by that of another commit and back under load, and no request fails", async () => {
  const command = inject("compose");
  console.log(`from ${await buildCommit(command, before, "before")} and back`);
  const root = createKey("account");
  const administrators = [root.public];
  await using system = await startContainers({ command, administrators, env: { TAG: "before" } });
  const people = await Promise.all(Array.from({ length: 4 }, () => system.person()));
  const [owner, reader] = people;
  if (!owner || !reader) throw new Error("nobody is there");
  const administrator = await system.person(undefined, root);
  await using replay = await openReplay({ ...system, administrator });

  let answered = 0;
  const failed: string[] = [];
  const counted = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      const answer = await ask();
      answered++;
      return answer;
    } catch (error) {
      failed.push(`${new Date().toISOString()} ${String(error)}`);
      return undefined;
    }
  };
  const once: Manner = {
    question: counted,
    async command(ask) {
      const id = nuid.next();
      const after = (await counted(() => ask({ commandId: id, timeout: 5_000 })))?.after;
      return after === undefined ? { id, refused: "failed" } : { id, after };
    },
  };
  // Whatever stands before two of `web` sends on to the one that takes the connection.
  const [other = 0] = await freePorts(1);
  const pages = [system.page, `https://localhost:${other}/`];
  await using downloads = await startDownloads({ system, owner, reader, bytes: 16 * 1024 * 1024, pause: 500 });

  /** Each service in turn, while everybody asks all the time; then what stands is what a replay of the log makes. */
  const rollAll = async (compose: Compose, names: readonly string[]) => {
    let over = false;
    const visits = (async () => {
      for (; !over; await sleep(100)) await counted(() => Promise.any(pages.map(visit)));
    })();
    const load = startLoad(people, (person, name) => comeAndGo(person, people, name, once));
    for (const service of names) {
      const [from, began] = [answered, performance.now()];
      await load.more();
      await roll(compose, service);
      await load.more();
      const took = Math.round(performance.now() - began);
      console.log(`${service}: ${answered - from} answers within ${took} ms, ${failed.length} failures so far`);
    }
    over = true;
    await visits;
    expect(await wrongIn(replay, await load.end())).toEqual([]);
  };

  const forward = system.compose.with({ TAG: tag, WEB_PORT: `127.0.0.1:${other}` });
  await runAgain(forward, "prepare");
  await runAgain(forward, "provision");
  await rollAll(forward, services);
  expect(await replay.settled()).toEqual([]);
  await rollAll(system.compose, services.toReversed());
  expect(failed).toEqual([]);
  console.log(`${answered} requests answered, none failed; ${await downloads.end()} downloads of 16 MiB`);
}, 1_800_000);

/** Opens the page as somebody does who comes there. */
async function visit(page: string): Promise<void> {
  const { ok, status } = await fetch(new URL("natster.json", page), { headers: { connection: "close" } });
  if (!ok) throw new Error(`${page} answered ${status}`);
}
