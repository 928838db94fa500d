/** A load that leaves nothing behind but its events: what each turn makes it takes back. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CatalogName, Label } from "@natster/contracts";
import type { TestPerson } from "@natster/testing";
import { createCode, signGrant } from "@natster/trust";
import { insist, type Outcome } from "../faults/insist.fixture.ts";

/** How many names catalogs go by, one after another: nobody ever does one thing to one catalog for an hour. */
const names = 200;

/** How somebody asks. */
export interface Manner {
  /** Sends a command. */
  readonly command: (
    ask: (options: { commandId: string; timeout: number }) => Promise<{ after: number }>,
  ) => Promise<Outcome>;
  /** Asks what only has to be answered. */
  readonly question: (ask: () => Promise<unknown>) => Promise<unknown>;
}

/** Commands until they are answered; whoever asked a question asks it again some other time. */
const insisting: Manner = { command: insist, question: (ask) => ask().catch(() => {}) };

/** Commands of each service that takes them, each of which has exactly one event to record, and questions; a turn in every second or so. */
export async function comeAndGo(
  person: TestPerson,
  people: readonly TestPerson[],
  name: string,
  { command, question }: Manner = insisting,
): Promise<Outcome[]> {
  const catalog = CatalogName.parse(`catalog-${Number(name.split("-")[1]) % names}`);
  const description = Label.parse(name);
  const recipient = people.find(({ account }) => account !== person.account)?.account ?? person.account;
  const created = await command((options) => person.catalog.create({ catalog }, options));
  const described = await command((options) => person.catalog.describe({ catalog, description }, options));
  const grant = signGrant(person.key, { catalog, recipient, issuedAt: Math.floor(Date.now() / 1000) });
  const shared = await command((options) => person.catalog.share({ catalog, grant }, options));
  const { id } = createCode("share");
  const gate = createHash("sha256").update(id).digest("base64url");
  const code = { id, offer: { purpose: "share" as const, catalog }, gate, expiresIn: 3_600 };
  const issued = await command((options) => person.codes.issue(code, options));
  for (const ask of [person.library.whoami, person.library.mine, person.library.activity])
    await question(() => ask({}));
  const cancelled = await command((options) => person.codes.cancel({ id }, options));
  const retired = await command((options) => person.catalog.retire({ catalog }, options));
  await sleep(750);
  return [created, described, shared, issued, cancelled, retired];
}
