/** A system with two people in it, one of whom serves folders, and ways into the page for both. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AccountKey, CatalogName } from "@natster/contracts";
import { type ServedCatalog, serveCatalog } from "@natster/file-server";
import type { Throttle } from "@natster/files";
import { silentLog } from "@natster/micro";
import { accept, addDevice, connectDevice, createDevice, type NewDevice, type Person, share } from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { insist } from "../faults/insist.fixture.ts";
import { writeLongFilm } from "./long-film.ts";
import { startChromium } from "./chromium.ts";
import type { Browser } from "playwright-core";

/** By whom a folder is served, and how fast; alice, as fast as it goes, unless given. */
interface ServeOptions {
  readonly owner?: TestPerson;
  readonly throttle?: Throttle;
}

export interface World extends AsyncDisposable {
  readonly system: TestSystem;
  readonly browser: Browser;
  /** An administrator, who serves. */
  readonly alice: TestPerson;
  readonly bob: TestPerson;
  /** Where the page is. */
  readonly url: string;
  /** A folder of its own. */
  folder(): Promise<string>;
  /** A folder with `film.mp4` of about so many bytes. */
  folderWithFilm(bytes: number): Promise<string>;
  /** Makes a catalog of alice's, or of somebody's, and connects a device of theirs that may serve it. */
  server(catalog: CatalogName, owner?: TestPerson): Promise<Person>;
  /** Serves a folder as a catalog. */
  serve(catalog: CatalogName, root: string, options?: ServeOptions): Promise<ServedCatalog>;
  /** Has alice offer a catalog to bob, or to somebody. */
  offer(catalog: CatalogName): Promise<void>;
  offerTo(recipient: AccountKey, catalog: CatalogName): Promise<void>;
  /** Has alice share a catalog with bob, and bob accept it. */
  give(catalog: CatalogName): Promise<void>;
  /** A link that signs a browser in as a device of somebody. */
  linkFor(person: TestPerson, options?: Partial<NewDevice>): Promise<string>;
}

/** Starts all of it. */
export async function startWorld(): Promise<World> {
  await using undo = new AsyncDisposableStack();
  const system = undo.use(await startSystem());
  const browser = await startChromium();
  undo.defer(() => browser.close());
  const [alice, bob] = [system.administrator, await system.person("bob")];
  await alice.accounts.rename({ handle: "alice" as never });
  const { url } = await alice.web.where({});
  const served = undo.use(new AsyncDisposableStack());
  const ending = undo.move();
  const offerTo = async (recipient: AccountKey, catalog: CatalogName) =>
    void (await share(alice, alice.key, { catalog, recipient }));
  const folder = async () => {
    const path = await mkdtemp(join(tmpdir(), "natster-page-"));
    ending.defer(() => rm(path, { recursive: true, force: true }));
    return path;
  };
  const server = async (catalog: CatalogName, owner = alice) => {
    // After a crash of nats-server, the services come back each in its own time.
    const made = await insist((options) => owner.catalog.create({ catalog }, options));
    if ("refused" in made && made.refused !== "catalog_exists") throw new Error(made.refused);
    const creds = createDevice(owner.key, { name: "file-server", role: "server" });
    return served.use(await connectDevice(system.platform.place, creds, "file-server"));
  };
  return {
    system,
    browser,
    alice,
    bob,
    url,
    folder,
    async folderWithFilm(bytes) {
      const path = await folder();
      await writeLongFilm(join(path, "film.mp4"), bytes);
      return path;
    },
    server,
    async serve(catalog, root, { owner = alice, throttle } = {}) {
      const { connection, device } = await server(catalog, owner);
      return served.use(
        await serveCatalog({
          connection,
          device,
          catalog,
          root,
          throttle,
          log: silentLog(),
          beat: async (beat) => void (await owner.library.beat(beat)),
        }),
      );
    },
    offer: (catalog) => offerTo(bob.account, catalog),
    offerTo,
    async give(catalog) {
      await offerTo(bob.account, catalog);
      await accept(bob, { owner: alice.account, catalog });
    },
    async linkFor(person, options = {}) {
      const device = { name: "browser", role: "browser", ...options } as const;
      // One that ends soon is not announced: that may take longer than it lasts.
      const creds =
        device.expiresIn === undefined ? await addDevice(person, person.key, device) : createDevice(person.key, device);
      return `${url}#device=${Buffer.from(creds).toString("base64url")}`;
    },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

export const catalogName = (name: string): CatalogName => CatalogName.parse(name);
