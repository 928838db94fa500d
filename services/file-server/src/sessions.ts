/** The sessions of one instance: who reads from it, under which keys, and until when. */
import { randomBytes } from "node:crypto";
import type { AccountKey, InstanceId, SignedText, UnixTime, UserKey } from "@natster/contracts";
import {
  openHash,
  type Opening,
  type OpenCheck,
  type OpenRefused,
  type Publication,
  readOpen,
  sealSession,
  type SessionDevice,
  type SessionPurpose,
  ServingSession,
  sessionIn,
  signAnswer,
} from "@natster/trust";
import { UnderWay, type UnderWayOptions } from "./under-way.ts";

/** Whose sessions these are, and how many there may be. */
export interface SessionsOptions extends Pick<OpenCheck, "isRevoked"> {
  /** What the account key says at this moment of everybody's reading the catalog; undefined where it says nothing. */
  readonly publication: (now: UnixTime) => Pick<Publication, "until"> | undefined;
  /** The serving device itself. */
  readonly device: SessionDevice;
  readonly instance: InstanceId;
  readonly wanted: SessionPurpose;
  /** What a reader is told first. */
  readonly welcome: () => unknown;
  /** Seconds since 1970. */
  readonly now?: () => number;
  /** The most at once: of one account, and together. */
  readonly mostOfAccount?: number;
  readonly most?: number;
  /** The most that is asked in them at once. */
  readonly underWay?: UnderWayOptions;
}

/** A session that is open. */
export interface OpenedSession {
  readonly session: ServingSession;
  readonly account: AccountKey;
  readonly user: UserKey;
  /** When its device's JWT was issued. */
  readonly since: UnixTime;
  /** When the grant was given by which it came, to another account; undefined where it needed none. */
  readonly grantedAt: UnixTime | undefined;
  /** Aborted when the session ends: whatever is done for it is in vain then. */
  readonly ended: AbortSignal;
}

interface Held extends OpenedSession {
  readonly name: string;
  readonly opening: string;
  readonly answer: SignedText;
  readonly expires: number;
  readonly end: AbortController;
  lastUsed: number;
  /** Whether its reader has shown that it holds the key. A replayed opening never does. */
  proven: boolean;
}

/** How long a session lasts at the most, and how long when nobody uses it, in seconds. */
const longest = 60 * 60;
const idle = 10 * 60;

/** Opens sessions, finds them again, and ends them. What it refuses and what it forgets is gone for good. */
export class Sessions implements Disposable {
  readonly #options: SessionsOptions;
  readonly #now: () => number;
  /** By name, the least recently used first. */
  readonly #held = new Map<string, Held>();
  readonly #byOpening = new Map<string, Promise<SignedText | OpenRefused>>();
  readonly #sweeper: NodeJS.Timeout;
  /** What is asked in them and not answered yet. */
  readonly underWay: UnderWay;
  #closed = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.underWay = new UnderWay(options.underWay);
    this.#now = options.now ?? (() => Math.floor(Date.now() / 1000));
    this.#sweeper = setInterval(() => this.#sweep(), 30_000).unref();
  }

  /** How many are open. */
  get size(): number {
    return this.#held.size;
  }

  /** Answers an opening; the same one again with the same answer, for a lost reply is asked for once more. */
  async open(signed: SignedText, from: AccountKey | undefined): Promise<SignedText | OpenRefused> {
    const { wanted, isRevoked } = this.#options;
    const now = this.#now();
    const publication = this.#options.publication(now);
    const opening = readOpen(signed, { wanted, now, from, isPublic: publication !== undefined, isRevoked });
    if (opening.refused !== undefined) return opening;
    const hash = Buffer.from(openHash(signed)).toString("base64");
    const before = this.#byOpening.get(hash);
    if (before) return before;
    const answering = this.#answer(opening, hash, publication?.until);
    this.#byOpening.set(hash, answering);
    answering.catch(() => this.#byOpening.delete(hash));
    return answering;
  }

  /** The session that a sealed request names; undefined where there is none, or none any more. */
  find(frame: Uint8Array): OpenedSession | undefined {
    const id = sessionIn(frame);
    const held = id && this.#held.get(nameOf(id));
    if (!held) return undefined;
    if (this.#isOver(held)) {
      this.#end(held);
      return undefined;
    }
    return held;
  }

  /** A request of this session was opened: its reader has the key. */
  used(session: OpenedSession): void {
    const held = session as Held;
    if (held.ended.aborted) return;
    held.proven = true;
    held.lastUsed = this.#now();
    this.#held.delete(held.name);
    this.#held.set(held.name, held);
  }

  /** Ends every session for which this holds, at once. */
  endWhere(holds: (session: OpenedSession) => boolean): void {
    for (const held of this.#held.values()) if (holds(held)) this.#end(held);
  }

  /** Ends all of them. */
  [Symbol.dispose](): void {
    this.#closed = true;
    clearInterval(this.#sweeper);
    this.endWhere(() => true);
  }

  async #answer(opening: Opening, hash: string, publicUntil?: UnixTime): Promise<SignedText | OpenRefused> {
    const { device, instance, welcome, wanted, isRevoked } = this.#options;
    const { account, user, issuedAt: since, expires: deviceUntil = Infinity } = opening.device;
    const grantedAt = opening.grant?.issuedAt;
    const { enc, sealed, secrets } = await sealSession(opening, utf8.encode(JSON.stringify(welcome())));
    const id = new Uint8Array(randomBytes(16));
    const isByPublication = account !== wanted.owner && opening.grant === undefined;
    const until = isByPublication ? publicUntil : opening.grant?.expires;
    const expires = Math.min(this.#now() + longest, deviceUntil, until ?? Infinity);
    const answer = await signAnswer(device, opening.hash, { session: id, instance, expires, enc, sealed });
    const end = new AbortController();
    const session = new ServingSession(secrets.requests, await secrets.replies(0));
    const name = nameOf(id);
    // What was taken back while the answer was made ended the sessions that there were; this one is not among them.
    const late =
      isRevoked({ to: user, at: since }) || (grantedAt !== undefined && isRevoked({ to: account, at: grantedAt }));
    if (late || this.#closed) {
      this.#byOpening.delete(hash);
      session.end();
      return { refused: "revoked" };
    }
    this.#makeRoomFor(account);
    this.#held.set(name, {
      session,
      account,
      user,
      since,
      grantedAt,
      ended: end.signal,
      end,
      name,
      opening: hash,
      answer,
      expires,
      lastUsed: this.#now(),
      proven: false,
    });
    return answer;
  }

  /** Whoever has too many loses the one that was used longest ago, and before that those that nobody ever used. */
  #makeRoomFor(account: AccountKey): void {
    const { mostOfAccount = 64, most = 2_048 } = this.#options;
    const all = [...this.#held.values()];
    const own = all.filter((held) => held.account === account);
    const spare = own.length >= mostOfAccount ? own : all.length >= most ? all : [];
    const goes = spare.find(({ proven }) => !proven) ?? spare[0];
    if (goes) this.#end(goes);
  }

  #isOver({ expires, lastUsed }: Held): boolean {
    const now = this.#now();
    return expires <= now || lastUsed + idle <= now;
  }

  #sweep(): void {
    for (const held of this.#held.values()) if (this.#isOver(held)) this.#end(held);
  }

  #end(held: Held): void {
    this.#held.delete(held.name);
    this.#byOpening.delete(held.opening);
    held.end.abort();
    held.session.end();
  }
}

const utf8 = new TextEncoder();
const nameOf = (id: Uint8Array): string => Buffer.from(id).toString("base64");
