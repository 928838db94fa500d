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
import { catalog as aCatalog, createCatalog, publishCatalog, retireCatalog, unpublishCatalog } from "./catalog.ts";
import { importShare } from "./import.ts";
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
  { what: "catalog is given up and made again", refused: "grant_outdated", reason: "retired" },
])("a share whose $what in the middle of it is refused, and does not stand", async ({ what, refused, reason }) => {
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
        if (what.endsWith("again")) await log.append(aCatalog, id, createCatalog(undefined), command("again"));
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

test("what was public and is not is not accepted by asking again, where the first time ended in the middle", async () => {
  const log = await aLog();
  const id = { owner: AccountKey.parse(createKey("account").public), catalog: photos };
  const recipient = AccountKey.parse(createKey("account").public);
  const caller = { account: recipient, newcomer: false, administrator: false };
  const command = (of: string) => ({ id: of, name: "catalog.import", caller });
  await log.append(aCatalog, id, createCatalog(undefined), command("created"));
  await log.append(aCatalog, id, publishCatalog({ statement: "a.b.c", from: now() }), command("published"));
  const importing = importShare(log, { catalogs: -1, imports: -1 });
  const ask = async () => {
    await importing({ caller, params: undefined, request: id, command: command("import") });
    return (await log.load(shared, { ...id, recipient })).state.standing;
  };
  expect(await ask()).toBe("imported");
  await log.append(aCatalog, id, unpublishCatalog, command("unpublished"));
  expect(await ask()).toBe("none");
});
