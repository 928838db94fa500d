/** Opening a session: a device says who it is and what it wants to read, and gives a key that was made just now. */
import { AccountKey, Base64Url32, CatalogName, GrantToken, Jwt, type SignedText, UnixTime } from "@natster/contracts";
import * as z from "zod";
import { fromBase64Url, toBase64Url } from "./bytes.ts";
import { type Grant, type GrantReason, readGrant } from "./grant.ts";
import { readJwt } from "./jwt.ts";
import { clockWindow, hashOfText, parseText, type Signer, signText, verifyText } from "./signed-text.ts";
import { type Device, readUser, type UserReason } from "./user.ts";

/** What a session is for: the files of one catalog, or having things signed with the account's key. */
export type SessionPurpose =
  | { readonly purpose: "files"; readonly owner: AccountKey; readonly catalog: CatalogName }
  | { readonly purpose: "sign"; readonly owner: AccountKey };

/** A device, and what it proves itself with. */
export interface SessionDevice {
  /** Its user JWT, which its account's key signed. */
  readonly jwt: string;
  readonly key: Signer;
}

/** The account that a device belongs to, as its own JWT says. Throws `TypeError` where that is no user JWT of an account. */
export function accountOf({ jwt }: Pick<SessionDevice, "jwt">): AccountKey {
  const claims = readJwt(jwt);
  const account = AccountKey.safeParse(claims.refused === undefined ? claims.iss : undefined);
  if (!account.success) throw new TypeError("not a user JWT that an account's own key signed");
  return account.data;
}

/** What an opening says. */
export interface OpenRequest {
  readonly device: SessionDevice;
  readonly wanted: SessionPurpose;
  /** The grant of the catalog's owner; none inside the owner's own account, or for a public catalog. */
  readonly grant?: string | undefined;
  /** The public half of an X25519 key that is used for this one session. */
  readonly key: Uint8Array;
  readonly now: UnixTime;
}

export type OpenReason =
  | "malformed"
  | "misdirected"
  | "device_refused"
  | "signature_wrong"
  | "clock_differs"
  | "account_differs"
  | "grant_refused"
  | "not_shared"
  | "role_wrong"
  | "revoked";

/** Why an opening is refused; `why` says what was wrong with a JWT. */
export interface OpenRefused {
  readonly refused: OpenReason;
  readonly why?: UserReason | GrantReason;
}

/** What an opening was found to be. */
export interface Opening {
  readonly refused?: undefined;
  readonly device: Device;
  readonly grant?: Grant;
  readonly key: Uint8Array;
  /** Names this opening: what is answered is answered to it alone. */
  readonly hash: Uint8Array;
}

/** What an opening is held against. Everything in it is known at the serving side without asking anybody. */
export interface OpenCheck {
  readonly wanted: SessionPurpose;
  readonly now: UnixTime;
  /** The account that nats-server names in `Nats-Request-Info`; inside one account it is absent, or forged. */
  readonly from: AccountKey | undefined;
  /** Whether the account key's own statement says that everybody may read the catalog now. */
  readonly isPublic: boolean;
  /** Whether the owner took back what was given to this account or device before or at a time. */
  readonly isRevoked: (given: { readonly to: AccountKey | Device["user"]; readonly at: UnixTime }) => boolean;
}

/** Proves to the owner's instances that the device wants this now, and that whoever has the X25519 key is the device. */
export function signOpen({ device, wanted, grant, key, now }: OpenRequest): Promise<SignedText> {
  const said = { version: 1, ...wanted, user: device.jwt, ...(grant !== undefined && { grant }) };
  return signText(device.key, heading, JSON.stringify({ ...said, key: toBase64Url(key), time: now }));
}

/** The hash that an opening goes by at both ends. */
export const openHash = ({ text }: SignedText): Uint8Array => hashOfText(heading, text);

/**
 * Verifies an opening: that a device of some account signed it just now, and that this account may have what it wants.
 * It proves so by what the account keys of both sides signed. What nats-server says may only speak against it.
 */
export function readOpen(signed: SignedText, check: OpenCheck): Opening | OpenRefused {
  const { wanted, now, from } = check;
  const read = Open.safeParse(parseText(signed));
  if (!read.success) return { refused: "malformed" };
  const open = read.data;
  if (!isFor(open, wanted)) return { refused: "misdirected" };
  const device = readDevice(open.user, now);
  if (device.refused !== undefined) return device;
  if (!verifyText(device.user, heading, signed)) return { refused: "signature_wrong" };
  if (Math.abs(open.time - now) > clockWindow) return { refused: "clock_differs" };
  const own = device.account === wanted.owner;
  // What came over no border of accounts came from the owner's own: nobody else can be here.
  if (!own && from !== device.account) return { refused: "account_differs" };
  if (check.isRevoked({ to: device.user, at: device.issuedAt })) return { refused: "revoked" };
  const opening = { device, key: fromBase64Url(open.key), hash: openHash(signed) };
  if (own && device.role === "server") return { refused: "role_wrong" };
  if (open.purpose === "sign" || wanted.purpose === "sign")
    return own && device.maySign ? opening : { refused: "role_wrong" };
  if (own) return opening;
  if (open.grant === undefined) return check.isPublic ? opening : { refused: "not_shared" };
  const grant = readGrant(open.grant, { owner: wanted.owner, catalog: wanted.catalog, now });
  if (grant.refused !== undefined) return { refused: "grant_refused", why: grant.refused };
  if (grant.recipient !== device.account) return { refused: "account_differs" };
  if (check.isRevoked({ to: grant.recipient, at: grant.issuedAt })) return { refused: "revoked" };
  return { ...opening, grant };
}

const isFor = (open: z.infer<typeof Open>, wanted: SessionPurpose): boolean =>
  open.owner === wanted.owner &&
  (open.purpose === "files"
    ? wanted.purpose === "files" && open.catalog === wanted.catalog
    : wanted.purpose === "sign");

/** The device of a user JWT, on the word of the account key that the JWT itself names; whose that is, is looked at next. */
function readDevice(jwt: string, now: UnixTime): (Device & { readonly refused?: undefined }) | OpenRefused {
  const claims = readJwt(jwt);
  const account = AccountKey.safeParse(claims.refused === undefined ? claims.iss : undefined);
  if (!account.success) return { refused: "device_refused", why: claims.refused ?? "issuer_other" };
  const device = readUser(jwt, { account: account.data, now });
  return device.refused === undefined ? device : { refused: "device_refused", why: device.refused };
}

const heading = "natster/session/1/open";

const common = { version: z.literal(1), owner: AccountKey, user: Jwt, key: Base64Url32, time: UnixTime };
const Open = z.discriminatedUnion("purpose", [
  z.strictObject({ ...common, purpose: z.literal("files"), catalog: CatalogName, grant: GrantToken.optional() }),
  z.strictObject({ ...common, purpose: z.literal("sign") }),
]);
