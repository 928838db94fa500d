/** Who is there in every attack: Alice shares photos with Carol, Bob has nothing to do with it, and the operator looks on. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CatalogName } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { accept, createDevice, type NewDevice, share } from "@natster/person";
import type { Installation } from "@natster/standalone";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { createKey, keyFromSeed, newcomerUser, parseCreds, signGrant, userJwt } from "@natster/trust";
import { type Raw, raw } from "./raw.fixture.ts";

export const photos = CatalogName.parse("photos");
/** What a reader asks first, as the owner hears it. */
export const opening = `files.${photos}.open`;
export const now = (): number => Math.floor(Date.now() / 1000);

export interface Scene extends AsyncDisposable {
  readonly system: TestSystem;
  readonly alice: TestPerson;
  readonly bob: TestPerson;
  readonly carol: TestPerson;
  /** A device of somebody's, as `owner` where nothing is said. */
  device(of: TestPerson, device?: Partial<NewDevice>): Promise<Raw>;
  /** Somebody without an account. */
  newcomer(): Promise<Raw>;
  /** Whoever stole creds of the platform's. */
  thief(of: Parameters<Installation["creds"]>[0]): Promise<Raw>;
  /** A user with every permission in one of the operator's own accounts. */
  insider(of: string): Promise<Raw>;
  /** The sequence of the last event in the log. */
  last(): Promise<number>;
  /** The subject under which somebody asks for Alice's photos. */
  readonly shared: string;
}

/** Starts the system and sets the scene. */
export async function openScene(): Promise<Scene> {
  await using undo = new AsyncDisposableStack();
  const system = undo.use(await startSystem());
  const { nats, installation, place } = system.platform;
  const [alice, bob, carol] = await Promise.all([system.person("alice"), system.person("bob"), system.person("carol")]);
  await alice.catalog.create({ catalog: photos });
  await share(alice, alice.key, { catalog: photos, recipient: carol.account });
  await accept(carol, { owner: alice.account, catalog: photos });
  // Whether somebody gets this far is what is asked here, not what is served.
  alice.connection.subscribe(`files.${photos}.>`, { callback: (_, message) => void message.respond("here") });
  await alice.connection.flush();

  const opened = undo.use(new AsyncDisposableStack());
  const open = async (creds: Parameters<typeof raw>[1]) => opened.use(await raw(nats.url, creds));
  const insider = async (of: string) => {
    const seed = await readFile(join(system.directory, "offline", `${of}.seed`), "utf8");
    const key = createKey("user");
    const all = { allow: [">"] };
    const request = { user: key.public, name: "insider", permissions: { pub: all, sub: all }, issuedAt: now() };
    return open({ jwt: userJwt(keyFromSeed(seed, "account"), request), key });
  };
  const operator = await insider("streams");
  const ending = undo.move();
  return {
    system,
    alice,
    bob,
    carol,
    device: (of, device) => open(parseCreds(createDevice(of.key, { name: "device", role: "owner", ...device }))),
    async newcomer() {
      const key = createKey("user");
      return open({ jwt: newcomerUser(place.lobby, key.public, now()), key });
    },
    thief: async (of) => open(parseCreds(await readFile(installation.creds(of), "utf8"))),
    insider,
    async last() {
      const info: { state: { last_seq: number } } = JSON.parse(await operator.read("$JS.API.STREAM.INFO.EVENTS"));
      return info.state.last_seq;
    },
    shared: asShared(alice.account)(opening),
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

/** A grant for somebody, by whoever signs. */
export const grantFor = (owner: TestPerson, recipient: TestPerson, issuedAt = now()): string =>
  signGrant(owner.key, { catalog: photos, recipient: recipient.account, issuedAt });
