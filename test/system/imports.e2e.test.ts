/** The usual limit on what an account accepts of others, where it matters: nats-server takes an account with so many imports. */
import { CatalogName, eventSubject, type EventOf, type EventsContract, type IdOf } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { type BatchEntry, publishBatch } from "@natster/micro/batch";
import { writeEvent } from "@natster/micro/event";
import { share } from "@natster/person";
import { startSystem, type TestPerson } from "@natster/testing";
import { signGrant } from "@natster/trust";
import { expect, test } from "vitest";
import { connectFully } from "../faults/everything.fixture.ts";

/** As many as the catalog service lets an account have where its configuration says nothing. */
const usual = 500;

/** A catalog of the owner's that the recipient has accepted, as the log has it. */
function accepted(owner: TestPerson, recipient: TestPerson, catalog: CatalogName): BatchEntry[] {
  const issuedAt = Math.floor(Date.now() / 1000) - 60;
  const grant = signGrant(owner.key, { catalog, recipient: recipient.account, issuedAt });
  const [id, of] = [
    { owner: owner.account, catalog },
    { owner: owner.account, catalog, recipient: recipient.account },
  ];
  return [
    entry(catalogEvents, id, { type: "created", data: {} }),
    entry(shareEvents, of, { type: "shared", data: { grant, issuedAt } }),
    entry(shareEvents, of, { type: "imported", data: {} }),
  ];
}

function entry<E extends EventsContract>(events: E, id: IdOf<E>, event: EventOf<E>): BatchEntry {
  const subject = eventSubject(events, id, event.type);
  const written = writeEvent(events, id, event, {
    id: subject,
    source: "/natster/catalog",
    time: new Date().toISOString(),
    cause: { actor: "somebody", command: { name: "catalog.test", id: subject } },
  });
  return { subject, data: new TextEncoder().encode(JSON.stringify(written)), messageId: subject };
}

test(
  `an account accepts ${usual} catalogs of others, reaches the last as the first, and is refused one more by name`,
  { timeout: 180_000 },
  async () => {
    await using system = await startSystem();
    const [alice, bob] = [await system.person(), await system.person()];
    await using log = await connectFully(system);
    const names = Array.from({ length: usual + 1 }, (_, index) => CatalogName.parse(`catalog-${index}`));
    const [last, oneMore] = names.splice(usual - 1);
    if (!last || !oneMore) throw new Error("there are too few names");
    for (const catalog of [last, oneMore]) {
      await alice.catalog.create({ catalog });
      await share(alice, alice.key, { catalog, recipient: bob.account });
    }
    const entries = names.flatMap((catalog) => accepted(alice, bob, catalog));
    // A batch has room for a thousand.
    for (let from = 0; from < entries.length; from += 900) {
      await publishBatch(log.connection, entries.slice(from, from + 900));
    }
    alice.connection.subscribe("files.>", { callback: (_, message) => void message.respond(message.subject) });
    await alice.connection.flush();

    const reaches = async (catalog: CatalogName) => {
      const subject = asShared(alice.account)(`files.${catalog}.anything`);
      return bob.connection.request(subject, "", { timeout: 1_000 }).then(
        (message) => message.string(),
        () => "nobody",
      );
    };
    const first = CatalogName.parse(names[0]);
    await expect.poll(() => reaches(first), { timeout: 90_000 }).toBe(`files.${first}.anything`);

    await bob.catalog.import({ owner: alice.account, catalog: last });
    const refused = bob.catalog.import({ owner: alice.account, catalog: oneMore });
    await expect(refused).rejects.toMatchObject({ reason: "too_many_imports", code: 429 });

    for (const catalog of [first, names.at(-1), last]) {
      await expect.poll(() => reaches(CatalogName.parse(catalog))).toBe(`files.${catalog}.anything`);
    }
    expect(await reaches(oneMore)).toBe("nobody");
  },
);
