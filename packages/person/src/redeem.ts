/** Redeeming a code: as somebody new, as somebody who has an account, or as a new device of the issuer's account. */
import type { AccountKey, Handle } from "@natster/contracts";
import { codes } from "@natster/contracts/codes";
import { client, isRefusal } from "@natster/micro/client";
import {
  type Code,
  type CodeAnswer,
  createKey,
  formatCreds,
  type Key,
  keyFromSeed,
  openAnswer,
  parseCreds,
  readGrant,
  readUser,
} from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";
import { applied } from "./applied.ts";
import { fromBase64Url } from "./base64url.ts";
import { type Claimant, type ClaimStore, memoryClaimStore, type PendingClaim, prepareClaim } from "./pending-claim.ts";
import { connectDevice, createDevice, type Person } from "./person.ts";
import { type Place, visitLobby } from "./place.ts";
import { accept, type CatalogOf } from "./sharing.ts";

/** The code is claimed, and its issuer has not answered yet. The same code may be redeemed again to wait longer. */
export class NotAnsweredYetError extends Error {
  override readonly name = "NotAnsweredYetError";
}

/** What came back was not written by whoever made the code, or does not say what it should. */
export class AnswerRefusedError extends Error {
  override readonly name = "AnswerRefusedError";
}

/** As whom a code is redeemed. */
export interface Redeemer {
  /** The new account of a newcomer, made on this device; a new one where nothing is said. */
  readonly account?: Key<"account">;
  /** What a newcomer would like to be called. If somebody else is, the account begins without a handle. */
  readonly handle?: Handle;
  /** What the new device of a newcomer is called. */
  readonly deviceName?: string;
  /** Somebody who has an account, and gets a catalog for it. */
  readonly person?: Person;
  /** Where the claim is kept until it is answered: redeeming the same code again makes the same claim again. */
  readonly claims?: ClaimStore;
  /** Keeps what came of it, before the claim is forgotten, so that after an interruption one of the two is there. */
  readonly keep?: (gift: Redeemed) => Promise<void>;
  /** Milliseconds to wait for the issuer's answer; a minute where nothing is said. */
  readonly within?: number;
}

/** Somebody who is new: the account's key, and the creds of its first device. Both are secrets. */
export interface Joined {
  readonly account: Key<"account">;
  readonly creds: string;
}

/** What a code gave. `creds` are a secret. */
export type Redeemed =
  | { readonly purpose: "device"; readonly account: AccountKey; readonly creds: string }
  | ({ readonly purpose: "share"; readonly joined?: Joined } & CatalogOf)
  | { readonly purpose: "enrol"; readonly joined: Joined };

/**
 * Redeems a code, whatever it is for, and resolves when what it gives can be used. The secret is sent to nobody. It can
 * be interrupted anywhere, and goes on where it was with the same `claims`.
 *
 * Throws what `codes.claim` refuses, `NotAnsweredYetError`, `NotAppliedYetError`, or `AnswerRefusedError`.
 */
export async function redeem(place: Place, code: Code, redeemer: Redeemer = {}): Promise<Redeemed> {
  const { claims = memoryClaimStore(), person } = redeemer;
  const through = <T>(work: (connection: NatsConnection) => Promise<T>) =>
    person ? work(person.connection) : visitLobby(place, work);
  const redeemed = await through(async (connection) => {
    const claim = await claimOnce(connection, code, redeemer, claims);
    const account = newAccount(claim);
    if (account) await applied(connection, account.public, 0);
    const answer = await collect(connection, claim, redeemer.within);
    return { claim, account, answer };
  });
  const gift = await take(place, redeemed, redeemer);
  await redeemer.keep?.(gift);
  await claims.remove(code.id);
  return gift;
}

/** Makes the claim, or the very same one again. */
async function claimOnce(
  connection: NatsConnection,
  code: Code,
  redeemer: Redeemer,
  claims: ClaimStore,
): Promise<PendingClaim> {
  const { claim: ask } = client(codes, connection);
  const make = async (claimant: Claimant) => {
    const claim = await prepareClaim(code, claimant);
    // Kept before it is sent: if the reply is lost, nobody else can ever make this claim.
    await claims.save(claim);
    return claim;
  };
  const kept = await claims.load(code.id);
  const claim = kept ?? (await make(claimantFor(code, redeemer)));
  const send = ({ id, transcript, gate, peer }: PendingClaim) => ask({ id, transcript, gate, peer });
  try {
    await send(claim);
    return claim;
  } catch (error) {
    // Whatever is not said of the claim itself leaves open whether it was carried out.
    if (isRefusal(error) && Object.hasOwn(codes.endpoints.claim.errors, error.reason) && !kept)
      await claims.remove(code.id);
    if (!kept || !isRefusal(error, "claims_invalid")) throw error;
    // What a newcomer signs holds for minutes: it never arrived, and is made anew with the same keys.
    const account = newAccount(kept);
    const { handle } = redeemer;
    const again = await make({
      device: keyFromSeed(kept.device, "user"),
      ...(account && { account, ...(handle && { handle }) }),
    });
    await send(again);
    return again;
  }
}

function claimantFor({ purpose }: Code, { account = createKey("account"), handle, person }: Redeemer): Claimant {
  const device = createKey("user");
  if (purpose === "device") return { device };
  if (purpose === "share" && person) return { device, account: person.account };
  return { device, account, ...(handle && { handle }) };
}

/** Asks for the answer until it is there: soon at first, and then each second. */
async function collect(
  connection: NatsConnection,
  { id, hash, seal, answerKey }: PendingClaim,
  within = 60_000,
): Promise<CodeAnswer | undefined> {
  const { collect: ask } = client(codes, connection);
  const until = Date.now() + within;
  for (let pause = 50; ; pause = Math.min(2 * pause, 1_000)) {
    const so = await ask({ id, claim: hash });
    if (so.state === "none") return undefined;
    if (so.state === "answered") {
      const opened = await openAnswer(so.answer, answerKey, { id, claim: hash, seal: fromBase64Url(seal) });
      if (opened.refused !== undefined) throw new AnswerRefusedError(`the answer is refused: ${opened.refused}`);
      return opened.answer;
    }
    if (Date.now() + pause > until)
      throw new NotAnsweredYetError("the code is claimed; its issuer has not answered yet");
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

interface Collected {
  readonly claim: PendingClaim;
  readonly account: Key<"account"> | undefined;
  readonly answer: CodeAnswer | undefined;
}

/** Checks what the answer says, up to keys that are known, and makes use of it. */
async function take(place: Place, { claim, account, answer }: Collected, redeemer: Redeemer): Promise<Redeemed> {
  const device = keyFromSeed(claim.device, "user");
  const joined = account && join(account, device, redeemer.deviceName);
  if (answer?.purpose === "device") {
    const read = readUser(answer.jwt, { account: answer.account, now: now() });
    if (read.refused !== undefined) throw new AnswerRefusedError(`the answer holds a device that is ${read.refused}`);
    if (read.user !== device.public) throw new AnswerRefusedError("the answer is for another device");
    return { purpose: "device", account: answer.account, creds: formatCreds(answer.jwt, device) };
  }
  if (answer?.purpose === "share") {
    const { owner, catalog, grant } = answer;
    const read = readGrant(grant, { owner, catalog, now: now() });
    if (read.refused !== undefined) throw new AnswerRefusedError(`the answer holds a grant that is ${read.refused}`);
    if (read.recipient !== claim.transcript.account) throw new AnswerRefusedError("the answer is for somebody else");
    await acceptAs(place, { owner, catalog }, joined, redeemer.person);
    return { purpose: "share", owner, catalog, ...(joined && { joined }) };
  }
  if (!joined) throw new AnswerRefusedError("nobody answers such a code");
  await asJoined(place, joined, announce);
  return { purpose: "enrol", joined };
}

const newAccount = ({ account }: PendingClaim): Key<"account"> | undefined =>
  account === undefined ? undefined : keyFromSeed(account, "account");

const join = (account: Key<"account">, key: Key<"user">, name = "first device"): Joined => ({
  account,
  creds: createDevice(account, { name, role: "owner", key }),
});

/** A newcomer's first device says that it is there, so that it is in the list of the account's devices. */
async function announce(person: Person, { creds }: Joined): Promise<void> {
  await person.accounts.device({ jwt: parseCreds(creds).jwt });
}

async function acceptAs(place: Place, shared: CatalogOf, joined: Joined | undefined, person: Person | undefined) {
  if (person) return accept(person, shared);
  if (joined)
    await asJoined(place, joined, async (newcomer) => {
      await announce(newcomer, joined);
      await accept(newcomer, shared);
    });
}

async function asJoined(
  place: Place,
  joined: Joined,
  work: (person: Person, joined: Joined) => Promise<void>,
): Promise<void> {
  await using newcomer = await connectDevice(place, joined.creds, "newcomer");
  await work(newcomer, joined);
}

const now = (): number => Math.floor(Date.now() / 1000);
