/** Who asks: what nats-server says of a request, never what the request says of itself. */
import { AccountKey, Role, UserKey } from "@natster/contracts";
import type { MsgHdrs } from "@nats-io/nats-core";
import * as z from "zod";
import { readClaims } from "../connection/claims.ts";

/** Somebody who asks. */
export interface Caller {
  readonly account: AccountKey;
  /** The device, and what its account's key lets it do; known where the import shares it. */
  readonly user?: UserKey;
  readonly role?: Role;
  /** Somebody without an account, who came through the lobby. */
  readonly newcomer: boolean;
  readonly administrator: boolean;
}

/** Who is who on this platform. */
export interface Standing {
  readonly lobby: AccountKey;
  readonly administrators: ReadonlySet<AccountKey>;
}

/**
 * The caller of a platform endpoint. nats-server has put the account into the first token of the subject
 * (`account_token_position`), where nobody outside the platform's account can forge it, and the user into
 * `Nats-Request-Info`, which it overwrites on every message that crosses an import.
 */
export function callerOf(subject: string, headers: MsgHdrs | undefined, standing: Standing): Caller | undefined {
  const account = AccountKey.safeParse(subject.slice(0, subject.indexOf(".")));
  if (!account.success) return undefined;
  const newcomer = account.data === standing.lobby;
  return {
    account: account.data,
    newcomer,
    administrator: !newcomer && standing.administrators.has(account.data),
    ...userOf(headers),
  };
}

/** The account that a request came from over an import. nats-server writes it there, and nowhere else. */
export const importerOf = (headers: MsgHdrs | undefined): AccountKey | undefined =>
  Importer.safeParse(parse(headers?.get("Nats-Request-Info") ?? "")).data?.acc;
const Importer = z.object({ acc: AccountKey });

/** What nats-server says of the user behind a request that crossed an import. */
const RequestInfo = z.object({ user: UserKey, jwt: z.string().optional() });
const Tags = z.object({ nats: z.object({ tags: z.array(z.string()) }) });
const roleTag = "role:";

function userOf(headers: MsgHdrs | undefined): { user?: UserKey; role?: Role } {
  const info = RequestInfo.safeParse(parse(headers?.get("Nats-Request-Info") ?? ""));
  if (!info.success) return {};
  const { user, jwt = "" } = info.data;
  const role = roleIn(jwt);
  return { user, ...(role && { role }) };
}

/** The roles of those who asked lately, by their JWT: it comes with every request, and reading it is most of the work. */
const known = new Map<string, Role | undefined>();
const mostKnown = 1_000;

function roleIn(jwt: string): Role | undefined {
  if (known.has(jwt)) return known.get(jwt);
  const tag = Tags.safeParse(readClaims(jwt)).data?.nats.tags.find((each) => each.startsWith(roleTag));
  const role = Role.safeParse(tag?.slice(roleTag.length)).data;
  if (known.size >= mostKnown) known.clear();
  known.set(jwt, role);
  return role;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
