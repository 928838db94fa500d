/** Alice's photos, really served: Carol reads them over a wire that is not hers, and Bob has nothing to do with them. */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CatalogName, Digest } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { serveCatalog, type ServeCatalogOptions, type ServedCatalog } from "@natster/file-server";
import type { CatalogReader } from "@natster/files";
import { silentLog } from "@natster/micro";
import { accept, connectDevice, createDevice, type NewDevice, type Person, readCatalog, share } from "@natster/person";
import { startSystem, type SystemOptions, type TestPerson, type TestSystem } from "@natster/testing";
import { parseCreds, type SessionDevice } from "@natster/trust";
import { type Raw, raw } from "./raw.fixture.ts";
import { openWire, type Wire } from "./wire.fixture.ts";

export const photos = CatalogName.parse("photos");
export const music = CatalogName.parse("music");
export const now = (): number => Math.floor(Date.now() / 1000);
export const digestOf = (bytes: string | Uint8Array): Digest =>
  Digest.parse(createHash("sha256").update(bytes).digest("hex"));

/** What Alice serves. */
export const picture = randomBytes(300_000);
/** What lies beside the folder that she serves, and is nobody's but hers. */
export const diary = "what nobody may read";

export interface Served extends AsyncDisposable {
  readonly system: TestSystem;
  readonly alice: TestPerson;
  readonly bob: TestPerson;
  readonly carol: TestPerson;
  /** The folder that is served. */
  readonly root: string;
  /** Carol's grant, as the platform keeps it. */
  readonly grant: string;
  /** The device of Alice's that serves, and its connection. */
  readonly server: Person;
  serve(options?: Partial<ServeCatalogOptions>): Promise<ServedCatalog>;
  /** Carol's phone, on a wire in somebody else's hands. */
  readonly phone: Person;
  readonly wire: Wire;
  /** Opens Alice's photos as Carol's phone. */
  read(): Promise<CatalogReader>;
  /** A device of somebody's, as `owner` where nothing is said, and how it proves itself. */
  device(of: TestPerson, device?: Partial<NewDevice>): Promise<Raw & { readonly device: SessionDevice }>;
  newFolder(): Promise<string>;
  /** The subject under which Carol asks for what Alice hears as this. */
  shared(subject: string): string;
}

/** Starts the system; nothing is served yet. */
export async function openServed(options: SystemOptions = {}): Promise<Served> {
  await using undo = new AsyncDisposableStack();
  const system = undo.use(await startSystem(options));
  const [alice, bob, carol] = await Promise.all([system.person("alice"), system.person("bob"), system.person("carol")]);
  const root = join(system.directory, "photos");
  await mkdir(join(root, "2026"), { recursive: true });
  await writeFile(join(root, "2026", "a.jpg"), picture);
  await writeFile(join(root, "b.txt"), "what Carol may read");
  await writeFile(join(system.directory, "diary.txt"), diary);
  await symlink(join("..", "diary.txt"), join(root, "link.txt"));
  await symlink("..", join(root, "up"));
  await alice.catalog.create({ catalog: photos });
  await share(alice, alice.key, { catalog: photos, recipient: carol.account });
  await accept(carol, { owner: alice.account, catalog: photos });
  const { share: shared } = await carol.library.catalog({ owner: alice.account, catalog: photos });
  if (!shared) throw new Error("nothing was shared");

  const opened = undo.use(new AsyncDisposableStack());
  const { place, nats } = system.platform;
  const wire = undo.use(await openWire(nats.url));
  const tapped = { ...place, servers: [wire.url] };
  const creds = (of: TestPerson, role: NewDevice["role"]) => createDevice(of.key, { name: role, role });
  const server = undo.use(await connectDevice(place, creds(alice, "server"), "server"));
  const phone = undo.use(await connectDevice(tapped, creds(carol, "browser"), "phone"));
  let folders = 0;
  const ending = undo.move();
  return {
    system,
    alice,
    bob,
    carol,
    root,
    grant: shared.grant,
    server,
    serve: (options) => serveCatalog({ ...server, catalog: photos, root, log: silentLog(), ...options }),
    phone,
    wire,
    read: () => readCatalog(phone, { owner: alice.account, catalog: photos }),
    async device(of, device) {
      const made = parseCreds(createDevice(of.key, { name: "device", role: "owner", ...device }));
      return { ...opened.use(await raw(nats.url, made)), device: made };
    },
    async newFolder() {
      const folder = join(system.directory, `folder-${folders++}`);
      await mkdir(folder);
      return folder;
    },
    shared: asShared(alice.account),
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

/** What came of something: what it gave, or the name of the error, with the reason of a refusal. */
export async function outcomeOf(doing: () => Promise<unknown>): Promise<unknown> {
  try {
    return await doing();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return "reason" in error ? `${error.name} ${String(error.reason)}` : error.name;
  }
}
