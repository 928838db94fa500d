/** A system with two people in it, one of whom serves folders, and ways into the page for both. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogName } from "@natster/contracts";
import { type ServedCatalog, serveCatalog } from "@natster/file-server";
import { silentLog } from "@natster/micro";
import { accept, addDevice, share } from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { startChromium } from "./chromium.ts";
import type { Browser } from "playwright-core";

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
  /** Serves a folder as a catalog of alice's. */
  serve(catalog: CatalogName, root: string): Promise<ServedCatalog>;
  /** Has alice offer a catalog to bob. */
  offer(catalog: CatalogName): Promise<void>;
  /** Has alice share a catalog with bob, and bob accept it. */
  give(catalog: CatalogName): Promise<void>;
  /** A link that signs a browser in as a device of somebody. */
  linkFor(person: TestPerson, options?: { administrator?: boolean; expiresIn?: number }): Promise<string>;
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
  return {
    system,
    browser,
    alice,
    bob,
    url,
    async folder() {
      const path = await mkdtemp(join(tmpdir(), "natster-page-"));
      ending.defer(() => rm(path, { recursive: true, force: true }));
      return path;
    },
    async serve(catalog, root) {
      await alice.catalog.create({ catalog });
      return served.use(
        await serveCatalog({
          connection: alice.connection,
          catalog,
          root,
          log: silentLog(),
          beat: async (beat) => void (await alice.library.beat(beat)),
        }),
      );
    },
    offer: async (catalog) => void (await share(alice, alice.key, { catalog, recipient: bob.account })),
    async give(catalog) {
      await share(alice, alice.key, { catalog, recipient: bob.account });
      await accept(bob, { owner: alice.account, catalog });
    },
    async linkFor(person, { administrator = false, expiresIn } = {}) {
      const creds = await addDevice(person, person.key, {
        name: "browser",
        role: "browser",
        administrator,
        ...(expiresIn !== undefined && { expiresIn }),
      });
      return `${url}#device=${Buffer.from(creds).toString("base64url")}`;
    },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

export const catalogName = (name: string): CatalogName => CatalogName.parse(name);
