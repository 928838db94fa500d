/** A steady load of commands. */
import { createHash } from "node:crypto";
import { CatalogName, Label } from "@natster/contracts";
import { createDevice } from "@natster/person";
import type { TestPerson } from "@natster/testing";
import { createCode, parseCreds, signGrant } from "@natster/trust";
import { insist, type Outcome } from "./insist.fixture.ts";

/** One command of each service that takes commands, every one of which has exactly one event to record. */
export async function aTurn(person: TestPerson, people: readonly TestPerson[], name: string): Promise<Outcome[]> {
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
  const { id } = createCode("share");
  const gate = createHash("sha256").update(id).digest("base64url");
  // Each of them by themselves: how many codes one account may make in a minute is bounded.
  const issued = await insist((options) =>
    person.codes.issue({ id, offer: { purpose: "share", catalog }, gate, expiresIn: 3_600 }, options),
  );
  return [created, described, shared, device, issued];
}
