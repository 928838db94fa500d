/** Any service may be killed at any moment: what was acknowledged is in the log, and it is there once. */
import { createHash } from "node:crypto";
import { CatalogName, Label } from "@natster/contracts";
import { createDevice } from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { createCode, parseCreds, signGrant } from "@natster/trust";
import fc from "fast-check";
import { expect, test } from "vitest";
import { insist, type Outcome } from "./insist.fixture.ts";
import { openReplay } from "./replay.fixture.ts";
import { runs } from "./runs.fixture.ts";

const killed = ["accounts", "catalog", "codes", "projector"] as const;

test(
  "services that are killed under load lose no acknowledged command and record none twice",
  { timeout: 120_000 + runs.kills * 20_000 },
  async () => {
    await using system = await startSystem({ apart: killed });
    await using replay = await openReplay(system);
    const people = await Promise.all(Array.from({ length: 6 }, () => system.person()));

    const outcomes: Outcome[] = [];
    let over = false;
    const working = people.map(async (person, index) => {
      for (let turn = 0; !over; turn++) outcomes.push(...(await aTurn(system, person, people, `${index}-${turn}`)));
    });

    const [seed = 0] = fc.sample(fc.nat(), 1);
    console.log(`killing ${runs.kills} times, in the order of seed ${seed}`);
    for (const name of fc.sample(fc.constantFrom(...killed), { numRuns: runs.kills, seed })) {
      // A kill comes after so many answers, not after so much time: at any moment, and always under load.
      const before = outcomes.length;
      while (outcomes.length < before + 5) await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      await system.processes.crash(name);
    }
    over = true;
    await Promise.all(working);

    const refused = outcomes.filter((outcome) => "refused" in outcome);
    expect(refused).toEqual([]);
    // Each command of this test records exactly one event.
    const recordings = await replay.recordings();
    const counts = new Map([...recordings].map(([name, subjects]) => [name.split(" ").at(-1), subjects.length]));
    const wrong = outcomes.filter(({ id }) => counts.get(id) !== 1);
    expect(wrong).toEqual([]);
    expect(await replay.settled()).toEqual([]);
    expect(system.processes.surprises).toEqual([]);
    console.log(`${outcomes.length} commands acknowledged, each recorded once`);
  },
);

/** One command of each service that takes commands, every one of which has exactly one event to record. */
async function aTurn(
  { administrator }: TestSystem,
  person: TestPerson,
  people: readonly TestPerson[],
  name: string,
): Promise<Outcome[]> {
  const catalog = CatalogName.parse(`catalog-${name}`);
  const recipient = people.find(({ account }) => account !== person.account)?.account ?? person.account;
  const created = await insist((options) => person.catalog.create({ catalog }, options));
  const described = await insist((options) =>
    person.catalog.describe({ catalog, description: Label.parse(name) }, options),
  );
  const grant = signGrant(person.key, { catalog, recipient, issuedAt: Math.floor(Date.now() / 1000) });
  const shared = await insist((options) => person.catalog.share({ catalog, grant }, options));
  const { jwt } = parseCreds(createDevice(person.key, { name, role: "browser" }));
  const device = await insist((options) => person.accounts.device({ jwt }, options));
  const { id } = createCode("enrol");
  const gate = createHash("sha256").update(id).digest("base64url");
  const issued = await insist((options) =>
    administrator.codes.issue({ id, offer: { purpose: "enrol" }, gate, expiresIn: 3_600 }, options),
  );
  return [created, described, shared, device, issued];
}
