/** Who asks: what nats-server says of a request, never what the request says of itself. */
import { AccountKey, Role, UserKey } from "@natster/contracts";
import type { MsgHdrs } from "@nats-io/nats-core";

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

function userOf(headers: MsgHdrs | undefined): { user?: UserKey; role?: Role } {
  const info = parse<{ user?: unknown; jwt?: unknown }>(headers?.get("Nats-Request-Info") || "{}");
  const user = UserKey.safeParse(info?.user);
  if (!user.success) return {};
  // nats-server has verified this JWT when the user connected; here it is only read.
  const claims = typeof info?.jwt === "string" ? info.jwt.split(".")[1] : undefined;
  const tags = claims && parse<{ nats?: { tags?: string[] } }>(fromBase64Url(claims))?.nats?.tags;
  const tag = Array.isArray(tags) ? tags.find((each) => each.startsWith("role:")) : undefined;
  const role = Role.safeParse(tag?.slice("role:".length));
  return { user: user.data, ...(role.success && { role: role.data }) };
}

const fromBase64Url = (text: string): string => Buffer.from(text, "base64url").toString();

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
