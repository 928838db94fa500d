/** Issuing codes: a link or a few letters by which somebody becomes a device, gets a catalog, or joins. */
import type { AccountKey, CatalogName, Handle, Role, UnixTime } from "@natster/contracts";
import type { CodeOffer } from "@natster/contracts/codes";
import { type Code, type CodeKeys, codeKeys, createCode } from "@natster/trust";
import { toBase64Url } from "./base64url.ts";
import type { CodeGift, CodeStore } from "./code-record.ts";
import type { Person } from "./person.ts";

const [minute, hour, day] = [60, 3_600, 24 * 3_600];
/** How long a code lasts where nothing is said, in seconds. */
export const codeLifetimes = { device: 5 * minute, share: 24 * hour, enrol: 7 * day } as const;

/** How a code is issued. */
export interface CodeTerms {
  /** Seconds until the code runs out. */
  readonly expiresIn?: number;
  /** The only account that may claim it. */
  readonly audience?: AccountKey;
}

export interface DeviceCode {
  readonly name: string;
  readonly role: Role;
  /** Whether it may sign grants, or have them signed. */
  readonly maySign?: boolean;
  /** Seconds until the device has to be renewed; a browser's where nothing is said is thirty days, and no end for others. */
  readonly lasts?: number;
  /** Seconds until the code runs out. */
  readonly expiresIn?: number;
}

export interface ShareCode extends CodeTerms {
  readonly catalog: CatalogName;
  /** When the claimant's grant runs out, in seconds since 1970. */
  readonly until?: UnixTime;
}

/** A browser is renewed in the last third of this. */
const browserLasts = 30 * day;

/** Issues a code by which a new device of this account is signed in, once a fulfiller with the same store answers. */
export async function issueDeviceCode(person: Person, device: DeviceCode, store: CodeStore): Promise<Code> {
  const { name, role, maySign = false, lasts = role === "browser" ? browserLasts : undefined, expiresIn } = device;
  const { administrator } = await person.library.whoami({});
  const gift = {
    purpose: "device",
    name,
    role,
    maySign,
    administrator,
    ...(lasts !== undefined && { lasts }),
  } as const;
  const offer = { purpose: "device", name, role, maySign } as const;
  return issueKept(person, gift, offer, { ...(expiresIn !== undefined && { expiresIn }) }, store);
}

/**
 * Issues a code by which somebody, with an account or without, gets a catalog of this account. `store` is whoever will
 * answer its claim: where codes are kept here, or a session with the process that holds the account's key.
 */
export function issueShareCode(person: Person, share: ShareCode, store: Pick<CodeStore, "save">): Promise<Code> {
  const { catalog, until, ...terms } = share;
  const gift = { purpose: "share", catalog, ...(until !== undefined && { until }) } as const;
  const offer = {
    purpose: "share",
    catalog,
    ...(until !== undefined && { until: new Date(until * 1_000).toISOString() }),
  } as const;
  return issueKept(person, gift, offer, terms, store);
}

/** Issues an enrol code, for which nobody has to answer. Only administrators may. */
export async function invite(
  person: Person,
  { expiresIn = codeLifetimes.enrol, handle }: { expiresIn?: number; handle?: Handle } = {},
): Promise<Code> {
  const code = createCode("enrol");
  const { gate } = await codeKeys(code);
  await announce(person, code, gate, { purpose: "enrol", ...(handle && { handle }) }, { expiresIn });
  return code;
}

/** Takes back a code that nobody has claimed. */
export async function cancelCode(person: Person, { id }: Pick<Code, "id">, store?: CodeStore): Promise<void> {
  await person.codes.cancel({ id });
  await store?.remove(id);
}

async function issueKept(
  person: Person,
  gift: CodeGift,
  offer: CodeOffer,
  { expiresIn = codeLifetimes[gift.purpose], audience }: CodeTerms,
  store: Pick<CodeStore, "save">,
): Promise<Code> {
  const code = createCode(gift.purpose);
  const { gate, peer, seal } = await codeKeys(code);
  const expires = Math.floor(Date.now() / 1000) + expiresIn;
  // Kept before anybody can claim it: a claim finds its record, or the code was never issued.
  await store.save({
    id: code.id,
    gift,
    ...(audience && { audience }),
    peer: toBase64Url(peer),
    seal: toBase64Url(seal),
    expires,
  });
  await announce(person, code, gate, offer, { expiresIn, ...(audience && { audience }) });
  return code;
}

const announce = (
  { codes }: Person,
  { id }: Code,
  gate: CodeKeys["gate"],
  offer: CodeOffer,
  terms: CodeTerms & { readonly expiresIn: number },
) => codes.issue({ id, offer, gate: toBase64Url(gate), ...terms });
