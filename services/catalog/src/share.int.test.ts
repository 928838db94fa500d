/** Sharing, while what it stands on ends. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccountKey, CatalogName } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { catalog as contract, shareEvents } from "@natster/contracts/catalog";
import { connect, silentLog } from "@natster/micro";
import { defineAggregate } from "@natster/micro/aggregate";
import { type EventLog, openEventLog } from "@natster/micro/event-log";
import { provision } from "@natster/micro/provision";
import { openRoom } from "@natster/micro/room";
import { startNatsServer } from "@natster/nats-server";
import { createKey, createOperator, formatCreds, keyFromSeed, signGrant, userJwt } from "@natster/trust";
import { expect, onTestFinished, test } from "vitest";
import { catalog as aCatalog, createCatalog, retireCatalog } from "./catalog.ts";
import { share } from "./share.ts";
import { shared } from "./shared.ts";

const now = () => Math.floor(Date.now() / 1000);
const account = defineAggregate({ events: accountEvents, initial: undefined, evolve: () => undefined });

/** The log of a nats-server of its own, as somebody writes it who may write everything. */
async function aLog(): Promise<EventLog> {
  const undo = new AsyncDisposableStack();
  onTestFinished(() => undo.disposeAsync());
  const directory = await mkdtemp(join(tmpdir(), "natster-catalog-"));
  undo.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const { operatorJwt: jwt, systemAccount, preload, offline } = createOperator({ issuedAt: now() });
  const server = undo.use(await startNatsServer({ operator: { jwt, systemAccount, preload }, directory }));
  const user = createKey("user");
  const permissions = { pub: { allow: [">"] }, sub: { allow: [">"] } };
  const said = { user: user.public, name: "everything", permissions, issuedAt: now() };
  const creds = formatCreds(userJwt(keyFromSeed(offline.streams, "account"), said), user);
  const connection = await connect({ servers: server.url, creds, name: "test", log: silentLog() });
  undo.defer(() => connection.close());
  await provision(connection);
  return openEventLog(connection, contract, await openRoom(connection, 1_000));
}

const photos = CatalogName.parse("photos");

test.each([
  { what: "recipient closes", refused: "recipient_unknown", reason: "closed" },
  { what: "catalog is given up", refused: "catalog_unknown", reason: "retired" },
])("a share whose $what in the middle of it is refused, and does not stand", async ({ refused, reason }) => {
  const log = await aLog();
  const [owner, reader] = [createKey("account"), createKey("account")];
  const id = { owner: AccountKey.parse(owner.public), catalog: photos };
  const recipient = AccountKey.parse(reader.public);
  const caller = { account: id.owner, newcomer: false, administrator: false };
  const command = (of: string) => ({ id: of, name: "catalog.share", caller });
  const happens = (type: "registered" | "closed") =>
    log.append(account, { account: recipient }, () => [{ type, data: {} }], command(type));
  await happens("registered");
  await log.append(aCatalog, id, createCatalog(undefined), command("created"));

  // Whoever ends what stood on it has looked already, and found nothing: the share comes a moment later.
  let hasEnded = false;
  const sharing = share({
    ...log,
    async append(...all) {
      if (!hasEnded) {
        hasEnded = true;
        await (reason === "closed"
          ? happens("closed")
          : log.append(aCatalog, id, retireCatalog("owner"), command("end")));
      }
      return log.append(...all);
    },
  });
  const grant = signGrant(owner, { catalog: photos, recipient, issuedAt: now() });
  const asked = { caller, params: undefined, request: { catalog: photos, grant }, command: command("share") };
  await expect(sharing(asked)).rejects.toMatchObject({ reason: refused });

  const ends = await log.newest(shareEvents, { ...id, recipient }, ["unshared"]);
  expect(ends).toMatchObject([{ data: { reason } }]);
  expect((await log.load(shared, { ...id, recipient })).state.standing).toBe("none");
});
