/** Everything is lost but the operator's keys and a backup of the log; then everybody is back, with what they shared. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogName, Handle } from "@natster/contracts";
import { serveCatalog } from "@natster/file-server";
import { openCatalog } from "@natster/files";
import { connect, isRefusal, NobodyAnswersError, silentLog } from "@natster/micro";
import { backupLog } from "@natster/micro/backup";
import { restoreLog } from "@natster/micro/restore";
import { accept, connectDevice, createDevice, type Person, register, share, unshare } from "@natster/person";
import { type Platform, type PlatformOptions, startPlatform } from "@natster/standalone";
import { createKey, type Key } from "@natster/trust";
import { expect, onTestFinished, test } from "vitest";
import { openReplay } from "./replay.fixture.ts";

const photos = CatalogName.parse("photos");
const words = "what the sea said\n";

async function aDirectory(prefix: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), prefix));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}

const connectBootstrap = ({ nats, installation }: Platform) =>
  connect({ servers: nats.url, creds: { file: installation.creds("bootstrap") }, name: "restore", log: silentLog() });

const addressOf = ({ device }: Person, { account: owner }: Person) => ({ device, catalog: photos, owner });

/** Reads every file of somebody's catalog. */
async function readAllOf(reader: Person, owner: Person): Promise<Record<string, string>> {
  const { share: stands } = await reader.library.catalog({ owner: owner.account, catalog: photos });
  const catalog = await openCatalog(reader.connection, { ...addressOf(reader, owner), grant: stands?.grant });
  const found: Record<string, string> = {};
  for await (const { path, digest, size } of catalog.entries()) {
    found[path] = Buffer.from(await catalog.read({ digest, offset: 0, length: size })).toString();
  }
  return found;
}

test("from a backup everybody connects, shares and downloads again", { timeout: 240_000 }, async () => {
  const [directory, folder, elsewhere] = await Promise.all(["system", "folder", "backup"].map(aDirectory));
  if (!directory || !folder || !elsewhere) throw new Error("no directory was made");
  await writeFile(join(folder, "sea.txt"), words);
  const root = createKey("account");
  const options: PlatformOptions = { directory, registration: "open", administrators: [root.public] };
  const [aliceKey, bobKey, carolKey] = [createKey("account"), createKey("account"), createKey("account")];
  const laptop = (key: Key<"account">) => createDevice(key, { name: "laptop", role: "owner" });
  const [aliceCreds, bobCreds, carolCreds] = [aliceKey, bobKey, carolKey].map(laptop);
  const file = join(elsewhere, "log.ndjson");
  const serverCreds = createDevice(aliceKey, { name: "server", role: "server" });
  const serve = async ({ place }: Platform) => {
    const server = await connectDevice(place, serverCreds, "server");
    const { connection, device } = server;
    const served = await serveCatalog({ connection, device, catalog: photos, root: folder, log: silentLog() });
    return {
      served,
      async [Symbol.asyncDispose]() {
        await served.stop();
        await server[Symbol.asyncDispose]();
      },
    };
  };

  // Alice shares with Bob, and with Carol until she takes it back.
  let taken;
  {
    await using platform = await startPlatform(options);
    const join = async (account: Key<"account">, name: string, creds = "") => {
      await register(platform.place, { account, handle: Handle.parse(name) });
      return connectDevice(platform.place, creds, name);
    };
    await using alice = await join(aliceKey, "alice", aliceCreds);
    await using bob = await join(bobKey, "bob", bobCreds);
    await using carol = await join(carolKey, "carol", carolCreds);
    await using beside = await serve(platform);
    await alice.catalog.create({ catalog: photos });
    for (const friend of [bob, carol]) {
      await share(alice, aliceKey, { catalog: photos, recipient: friend.account });
      await accept(friend, { owner: alice.account, catalog: photos });
    }
    expect(await readAllOf(bob, alice)).toEqual({ "sea.txt": words });
    await unshare(alice, photos, carol.account);
    await using bootstrap = disposable(await connectBootstrap(platform));
    taken = await backupLog(bootstrap.connection, file);
    expect(beside.served.files).toBe(1);
  }

  // Streams, buckets, account JWTs: all gone. What is left is what the operator keeps.
  await rm(join(directory, "nats"), { recursive: true });
  {
    await using platform = await startPlatform({ ...options, here: [] });
    await using bootstrap = disposable(await connectBootstrap(platform));
    expect(await restoreLog(bootstrap.connection, file)).toEqual(taken);
  }

  await using platform = await startPlatform(options);
  await using replay = await openReplay({ platform, directory, administrator: { account: root.public } });
  expect(await replay.settled()).toEqual([]);
  await using alice = await connectDevice(platform.place, aliceCreds ?? "", "alice");
  await using bob = await connectDevice(platform.place, bobCreds ?? "", "bob");
  await using carol = await connectDevice(platform.place, carolCreds ?? "", "carol");
  await using beside = await serve(platform);
  expect(beside.served.files).toBe(1);

  expect(await readAllOf(bob, alice)).toEqual({ "sea.txt": words });
  await expect(openCatalog(carol.connection, addressOf(carol, alice))).rejects.toThrow(NobodyAnswersError);
  expect(await alice.library.whoami({})).toMatchObject({ handle: "alice" });
  const again = await alice.catalog.create({ catalog: photos }).catch((error: unknown) => error);
  expect(isRefusal(again, "catalog_exists")).toBe(true);
  await share(alice, aliceKey, { catalog: photos, recipient: carol.account });
  await accept(carol, { owner: alice.account, catalog: photos });
  expect(await readAllOf(carol, alice)).toEqual({ "sea.txt": words });
  // What happens from now on stands behind what was restored.
  expect(await readFile(file, "utf8")).toContain(`"events":${taken.events}`);
  expect(await replay.settled()).toEqual([]);
});

const disposable = (connection: Awaited<ReturnType<typeof connect>>) => ({
  connection,
  [Symbol.asyncDispose]: () => connection.close(),
});
