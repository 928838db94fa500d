/**
 * The main job, for real: two people appear, one shares a folder, the other reads all of it, and it is taken back. Every
 * line is a request between separate NATS accounts, through a nats-server that enforces who may ask what.
 */
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type AccountKey, CatalogName, Handle } from "@natster/contracts";
import { type Beat, serveCatalog } from "@natster/file-server";
import { downloadAll } from "@natster/files/download";
import { NobodyAnswersError, silentLog } from "@natster/micro";
import { findNatsServer } from "@natster/nats-server";
import {
  accept,
  connectDevice,
  createDevice,
  invite,
  notices,
  type Person,
  readCatalog,
  redeem,
  register,
  share,
  unshare,
} from "@natster/person";
import { createKey, formatCode, type Key } from "@natster/trust";
import { type Platform, startPlatform } from "../platform.ts";
import { digestsOf } from "./digests.ts";
import { size, type Teller } from "./tell.ts";

/** What is left when the story is over, while it keeps running. */
export interface Told {
  readonly platform: Platform;
  readonly alice: Person;
  /** Alice's account key, with which devices are made. */
  readonly key: Key<"account">;
}

/** A step did not come out as it has to; the message says what was found. */
export class StoryError extends Error {
  override readonly name = "StoryError";
}

/** Tells the story in a directory of its own, from an empty disk to a share that was taken back. */
export async function tellStory(
  teller: Teller,
  { folder, directory, closing }: { folder: string; directory: string; closing: AsyncDisposableStack },
): Promise<Told> {
  const catalog = CatalogName.parse(catalogNameOf(folder));
  const aliceKey = createKey("account");
  const bobKey = createKey("account");

  const binary = await teller.step("looking for nats-server", async () => {
    const found = await findNatsServer({ tell: (slow) => teller.aside(slow) });
    return { told: `found nats-server ${found.version} (${found.source})`, result: found.path };
  });

  const platform = await teller.step("starting nats-server and the services", async () => {
    const started = startPlatform({ directory, administrators: [aliceKey.public], nats: { binary }, logLevel: "info" });
    // Services wait for what they need for ever, as they should; a reader should not.
    const tooLong = sleep(60_000, undefined, { ref: false }).then(() => {
      throw new StoryError("the services did not all answer within a minute");
    });
    const running = closing.use(await Promise.race([started, tooLong]));
    const names = Object.keys(running.services).join(", ");
    return { told: `${names} answer, each with creds of its own`, result: running };
  });
  const { place } = platform;

  const alice = await teller.step("Alice registers", async () => {
    await register(place, { account: aliceKey, handle: Handle.parse("alice") });
    const creds = createDevice(aliceKey, { name: "alice's laptop", role: "owner", administrator: true });
    const person = closing.use(await connectDevice(place, creds, "alice"));
    return {
      told: `Alice has an account, ${short(person.account)}; its key was made here and went nowhere`,
      result: person,
    };
  });

  const bob = await teller.step("Bob redeems a code", async () => {
    const code = await invite(alice);
    await redeem(place, code, { account: bobKey, handle: Handle.parse("bob") });
    const creds = createDevice(bobKey, { name: "bob's phone", role: "owner" });
    const person = closing.use(await connectDevice(place, creds, "bob"));
    return {
      told: `Bob has one too, ${short(person.account)}, by Alice's code ${formatCode(code).slice(0, 8)}-…`,
      result: person,
    };
  });
  const offered = nextShare(bob, "shared");

  await teller.step(`indexing ${folder}`, async () => {
    const device = createDevice(aliceKey, { name: "alice's file-server", role: "server", administrator: true });
    const server = closing.use(await connectDevice(place, device, "alice's file-server"));
    const { connection, library } = server;
    const beat: Beat = (state) => library.beat(state, { timeout: 2_000 });
    const serving = closing.use(
      await serveCatalog({ connection, device: server.device, catalog, root: folder, log: silentLog(), beat }),
    );
    return {
      told: `Alice serves ${folder} from where it is, ${counted(serving.files)}${leftOut(serving.leftOut)}`,
      result: undefined,
    };
  });

  await teller.step("Alice shares it with @bob", async () => {
    await alice.catalog.create({ catalog });
    const { account: recipient } = await alice.library.person({ handle: Handle.parse("bob") });
    await share(alice, aliceKey, { catalog, recipient });
    return { told: `Alice shares “${catalog}” with @bob, by a grant that her own key signed`, result: undefined };
  });

  await teller.step("Bob hears of it and accepts", async () => {
    await offered;
    const { rows } = await bob.library.inbox({});
    if (rows.length !== 1) throw new StoryError(`Bob's inbox holds ${rows.length} invitations, not one`);
    await accept(bob, { owner: alice.account, catalog });
    return { told: "Bob hears of it at once, and accepts; nats-server lets him through", result: undefined };
  });

  const shelf = closing.use(await readCatalog(bob, { catalog, owner: alice.account }));
  const entries = await teller.step("Bob lists it", async () => {
    const all = await Array.fromAsync(shelf.entries());
    const bytes = all.reduce((sum, entry) => sum + entry.size, 0);
    return { told: `Bob lists ${counted(all.length)}, ${size(bytes)}`, result: all };
  });

  await teller.step("Bob downloads all of it", async () => {
    const target = join(directory, "bob", catalog);
    await mkdir(target, { recursive: true });
    const started = performance.now();
    const { bytes, results } = await downloadAll(shelf, entries, target);
    const rate = bytes / ((performance.now() - started) / 1000);
    const missed = results.find(({ error }) => error);
    if (missed) throw new StoryError(`Bob could not get ${missed.entry.path}`, { cause: missed.error });
    const paths = entries.map(({ path }) => path);
    const [there, here] = await Promise.all([digestsOf(folder, paths), digestsOf(target, paths)]);
    if (there !== here) throw new StoryError("what Bob has differs from what Alice has");
    return {
      told: `Bob downloads all of it at ${size(rate)}/s, sealed all the way, and every digest is the same`,
      result: undefined,
    };
  });

  await teller.step("Alice takes it back", async () => {
    await unshare(alice, catalog, bob.account);
    const first = entries.find((entry) => entry.size > 0);
    // Where there is nothing to read, looking again has to fail just the same.
    const next = first ? shelf.read({ digest: first.digest, offset: 0, length: 1 }) : shelf.entries().next();
    const refused: unknown = await next.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(refused instanceof NobodyAnswersError)) {
      throw new StoryError("Bob can still read", { cause: refused });
    }
    return { told: "Alice takes it back, and nats-server itself refuses Bob's next read", result: undefined };
  });

  return { platform, alice, key: aliceKey };
}

/** Resolves with the next notice of a share's event of this type. */
async function nextShare(person: Person, type: string): Promise<void> {
  for await (const notice of notices(person)) {
    if (notice.kind === "share" && notice.event === type) return;
  }
}

const counted = (files: number): string => (files === 1 ? "1 file" : `${files} files`);
const leftOut = (things: number): string => (things > 0 ? ` (${things} left out: not files, or not to be read)` : "");
const short = (account: AccountKey): string => `${account.slice(0, 8)}…`;

/** A folder's name as the name of a catalog. */
const catalogNameOf = (folder: string): string =>
  basename(folder)
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 64)
    .replace(/^-+|-+$/g, "") || "folder";
