/** A whole system is lost, with every volume, and brought back from what its operator keeps: its keys and a backup of the log. */
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogName } from "@natster/contracts";
import { connect, isRefusal, silentLog } from "@natster/micro";
import { backupLog } from "@natster/micro/backup";
import { restoreLog } from "@natster/micro/restore";
import { connectDevice, createDevice } from "@natster/person";
import { createKey } from "@natster/trust";
import { expect, inject, onTestFinished, test } from "vitest";
import { output } from "../../deploy/src/run.ts";
import type { Compose } from "../containers/compose.ts";
import { type Begun, startContainers } from "../containers/system.ts";
import { openReplay } from "../faults/replay.fixture.ts";
import { aTurn } from "../faults/turn.fixture.ts";

const bootstrap = async ({ platform: { nats, installation } }: Pick<Begun, "platform">) => {
  const creds = { file: installation.creds("bootstrap") };
  const connection = await connect({ servers: nats.url.split(","), creds, name: "drill", log: silentLog() });
  return { connection, [Symbol.asyncDispose]: () => connection.close() };
};

test("from its operator's keys and a backup of the log a system in containers is as it was, for everybody", async () => {
  const safe = await mkdtemp(join(tmpdir(), "natster-drill-"));
  onTestFinished(() => rm(safe, { recursive: true, force: true }));
  const [keys, file] = [join(safe, "keys"), join(safe, "log.ndjson")];
  const root = createKey("account");
  const options = { command: inject("compose"), administrators: [root.public] };
  const alice = createKey("account");
  let taken;
  {
    await using system = await startContainers(options);
    await system.person(undefined, root);
    const people = [await system.person("alice", alice), await system.person("bob")];
    for (const person of people) await aTurn(person, people, "before");
    await cp(system.directory, keys, { recursive: true });
    await using operator = await bootstrap(system);
    taken = await backupLog(operator.connection, file);
  }

  // Containers and volumes are gone: this is another system, which is given the keys before it would make its own.
  const up = async (compose: Compose) => {
    await compose.does("up", "--no-start", "--no-build", "--no-deps", "prepare");
    // `prepare` is nobody in particular, and reads what is its own.
    const own = `tar --create --owner=65532 --group=65532 --directory='${keys}' .`;
    await output("sh", ["-c", `${own} | docker cp - ${await compose.container("prepare")}:/state/keys`]);
    await compose.does("up", "--detach", "--no-build", "prepare", "nats", "provision");
  };
  const next = async (begun: Begun) => {
    await begun.compose.areWell(["nats", "provision"]);
    await using operator = await bootstrap(begun);
    expect(await restoreLog(operator.connection, file)).toEqual(taken);
    await begun.compose.does("up", "--detach", "--no-build");
  };
  await using system = await startContainers({ ...options, up, next });

  await using administrator = await connectDevice(
    system.place,
    createDevice(root, { name: "desk", role: "owner", administrator: true }),
    "desk",
    { timeout: 20_000 },
  );
  await using replay = await openReplay({ ...system, administrator });
  expect(await replay.settled()).toEqual([]);
  await using again = await connectDevice(
    system.place,
    createDevice(alice, { name: "phone", role: "owner" }),
    "phone",
    { timeout: 20_000 },
  );
  expect(await again.library.whoami({})).toMatchObject({ handle: "alice" });
  const twice = await again.catalog
    .create({ catalog: CatalogName.parse("catalog-before") })
    .catch((error: unknown) => error);
  expect(isRefusal(twice, "catalog_exists")).toBe(true);
  expect(await readFile(file, "utf8")).toContain(`"events":${taken.events}`);
}, 400_000);
