/** A person's device that is connected: everything that it can ask, typed. */
import type { AccountKey, Role, UserKey } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { catalog } from "@natster/contracts/catalog";
import { codes } from "@natster/contracts/codes";
import { type FeedNotice, projector } from "@natster/contracts/library";
import { web } from "@natster/contracts/web";
import { type Client, client } from "@natster/micro/client";
import { readNotice } from "@natster/micro/notice";
import { createKey, formatCreds, type Key, parseCreds, type SessionDevice, userJwt, userOf } from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";
import { dialWithCreds, type Place } from "./place.ts";

/** A device that is connected to its account. */
export interface Person extends AsyncDisposable {
  readonly account: AccountKey;
  /** The device itself. */
  readonly user: UserKey;
  readonly connection: NatsConnection;
  /** Resolves when the connection is closed: with what ended it, or with nothing where this side did. */
  readonly ended: Promise<Error | undefined>;
  /** What it proves itself with to other people's instances. */
  readonly device: SessionDevice;
  readonly accounts: Client<typeof accounts>;
  readonly catalog: Client<typeof catalog>;
  readonly codes: Client<typeof codes>;
  readonly library: Client<typeof projector>;
  readonly web: Client<typeof web>;
}

/** What a new device of an account is to be. */
export interface NewDevice {
  readonly name: string;
  readonly role: Role;
  /** Whether the account is an administrator's. */
  readonly administrator?: boolean;
  /** Whether it may sign grants, or have them signed. */
  readonly maySign?: boolean;
  /** Seconds until it has to be renewed. */
  readonly expiresIn?: number;
  /** The key of a device that is renewed; a new one where nothing is said. */
  readonly key?: Key<"user">;
}

/** Makes a device of an account: a key of its own, and the account's word for it. Returns its creds, a secret. */
export function createDevice(account: Key<"account">, device: NewDevice): string {
  const { name, role, administrator, maySign, expiresIn, key = createKey("user") } = device;
  const issuedAt = Math.floor(Date.now() / 1000);
  const jwt = userJwt(account, {
    user: key.public,
    name,
    role,
    administrator,
    maySign,
    issuedAt,
    ...(expiresIn !== undefined && { expires: issuedAt + expiresIn }),
  });
  return formatCreds(jwt, key);
}

/**
 * Connects a device with its creds; what it asks is waited for `timeout` milliseconds, 5,000 unless given. A connection
 * that is lost comes back, and closes where the device is revoked, where its time has run out, and where nats-server has
 * refused it for `patience` milliseconds, an hour unless given.
 */
export async function connectDevice(
  place: Place,
  creds: string,
  name: string,
  { timeout, patience }: { readonly timeout?: number; readonly patience?: number } = {},
): Promise<Person> {
  const { connection, ended } = await dialWithCreds(place, creds, name, patience);
  return {
    ...userOf(creds),
    connection,
    ended,
    device: parseCreds(creds),
    accounts: client(accounts, connection, { timeout }),
    catalog: client(catalog, connection, { timeout }),
    codes: client(codes, connection, { timeout }),
    library: client(projector, connection, { timeout }),
    web: client(web, connection, { timeout }),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

/** What the platform tells this account, as it happens, until the connection closes. Hints: the truth is a query. */
export async function* notices({ connection }: Person): AsyncGenerator<FeedNotice> {
  for await (const message of connection.subscribe("feed.>")) {
    const notice = readNotice(message.data);
    if (notice) yield notice;
  }
}
