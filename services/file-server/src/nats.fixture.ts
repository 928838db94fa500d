/** A nats-server with an owner and a reader: the reader's account has imported the owner's catalog `photos`. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccountKey, CatalogName } from "@natster/contracts";
import { catalogSubject, sharedSubject } from "@natster/contracts/borders";
import { startNatsServer } from "@natster/nats-server";
import { createKey, formatCreds, type Key, keyFromSeed, type SessionDevice, signGrant, userJwt } from "@natster/trust";
import { type Account, encodeAccount, encodeOperator, encodeUser, fmtCreds } from "@nats-io/jwt";
import { createAccount, createOperator, createUser, type KeyPair } from "@nats-io/nkeys";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";

export const photos = CatalogName.parse("photos");

type Who = "owner" | "reader" | "system";

/** A device, with the key at hand. */
type TestDevice = SessionDevice & { readonly key: Key<"user"> };

export interface Nats extends AsyncDisposable {
  readonly url: string;
  /** Makes a folder, gone with the server. */
  newFolder(): Promise<string>;
  readonly owner: AccountKey;
  /** The devices of the owner's that serves and of the reader's that reads, as the account keys made them. */
  readonly serving: TestDevice;
  readonly reading: SessionDevice;
  /** The device of the owner's that reads its own catalog. */
  readonly own: SessionDevice;
  /** What the owner granted the reader. */
  readonly grant: string;
  readonly keys: { readonly owner: Key<"account">; readonly reader: Key<"account"> };
  /** `at` is where nats-server is found, if elsewhere. */
  connect(who: Who, at?: string): Promise<NatsConnection>;
  /** Writes a creds file and returns its path. */
  credsFile(who: Who): Promise<string>;
  /** Stops the server and starts it again. */
  restart(): Promise<void>;
  /** Takes the import out of the reader's account: nats-server ends its access there and then. */
  endAccess(): Promise<void>;
}

const limits = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };

/** Starts it, in operator mode as in life. */
export async function startNats(): Promise<Nats> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "natster-files-"));
  undo.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

  const operator = createOperator();
  const accounts = { owner: createAccount(), reader: createAccount(), system: createAccount() };
  const owner = AccountKey.parse(accounts.owner.getPublicKey());
  const account = (name: Who, claims: Partial<Account> = {}) =>
    encodeAccount(name, accounts[name], { limits, ...claims }, { signer: operator });
  const subject = catalogSubject(photos);
  const jwts = {
    system: await account("system"),
    owner: await account("owner", {
      exports: [{ name: "photos", subject, type: "service" }] as NonNullable<Account["exports"]>,
    }),
    reader: await account("reader", {
      imports: [
        { name: "photos", subject, account: owner, local_subject: sharedSubject(owner, photos), type: "service" },
      ] as NonNullable<Account["imports"]>,
    }),
  };
  const preload = Object.fromEntries(
    Object.entries(jwts).map(([name, jwt]) => [accounts[name as Who].getPublicKey(), jwt]),
  );
  const server = undo.use(
    await startNatsServer({
      directory: join(folder, "nats"),
      operator: {
        jwt: await encodeOperator("test", operator, { system_account: accounts.system.getPublicKey() }),
        systemAccount: accounts.system.getPublicKey(),
        preload,
      },
    }),
  );
  const creds = async (key: KeyPair) => {
    const user = createUser();
    return fmtCreds(await encodeUser("device", user, key), user);
  };
  const keys = { owner: keyOf(accounts.owner), reader: keyOf(accounts.reader) };
  const issuedAt = Math.floor(Date.now() / 1000) - 60;
  const serving = deviceOf(keys.owner, "server");
  const opened = undo.move();
  return {
    keys,
    serving,
    own: deviceOf(keys.owner, "owner"),
    reading: deviceOf(keys.reader, "browser"),
    grant: signGrant(keys.owner, { recipient: keys.reader.public, catalog: photos, issuedAt }),
    url: server.url,
    owner,
    newFolder: () => mkdtemp(join(folder, "folder-")),
    restart: () => server.restart(),
    async connect(who, at = server.url) {
      const authenticator = credsAuthenticator(await creds(accounts[who]));
      const connection = await connect({ servers: at, authenticator });
      opened.defer(() => connection.close());
      return connection;
    },
    async credsFile(who) {
      const path = join(folder, `${who}.creds`);
      // What a process serves with has to be a device of the role; nats-server lets all of them in.
      const text = who === "owner" ? formatCreds(serving.jwt, serving.key) : await creds(accounts[who]);
      await writeFile(path, text, { mode: 0o600 });
      return path;
    },
    async endAccess() {
      const system = await connect({
        servers: server.url,
        authenticator: credsAuthenticator(await creds(accounts.system)),
      });
      await system.request("$SYS.REQ.CLAIMS.UPDATE", await account("reader"));
      await system.close();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const keyOf = (pair: KeyPair): Key<"account"> => keyFromSeed(new TextDecoder().decode(pair.getSeed()), "account");

/** Makes a device of an account. */
function deviceOf(account: Key<"account">, role: "owner" | "browser" | "server"): TestDevice {
  const key = createKey("user");
  const issuedAt = Math.floor(Date.now() / 1000) - 60;
  return { key, jwt: userJwt(account, { user: key.public, name: role, role, issuedAt }) };
}
