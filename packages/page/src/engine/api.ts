/** What the engine does for the tabs: it alone holds the device's key, the connection and the sessions of this browser. */
import type { AccountKey, CatalogName, Digest, Endpoint, ReplyOf, RequestOf, UserKey } from "@natster/contracts";
import type { accounts } from "@natster/contracts/accounts";
import type { catalog } from "@natster/contracts/catalog";
import type { codes } from "@natster/contracts/codes";
import type { FileEntry } from "@natster/contracts/files";
import type { FeedNotice, projector } from "@natster/contracts/library";
import type { Look } from "../services/directory.ts";

/** The services that a tab may ask, by the names under which it asks them. */
export interface Services {
  readonly accounts: typeof accounts;
  readonly catalog: typeof catalog;
  readonly codes: typeof codes;
  readonly library: typeof projector;
}
type Endpoints<S extends keyof Services> = Services[S]["endpoints"];
export type EndpointOf<S extends keyof Services, N extends keyof Endpoints<S>> = Extract<Endpoints<S>[N], Endpoint>;

/** One question to one service. */
export interface Question<S extends keyof Services = keyof Services, N = string> {
  readonly service: S;
  readonly endpoint: N;
  readonly request: unknown;
}

/** The device that this browser is. */
export interface Device {
  readonly name: string;
  readonly user: UserKey;
  readonly account: AccountKey;
  /** When it stops being a device of its account, in milliseconds since 1970. */
  readonly expires?: number;
  /** Whether its account's own key is kept in this browser. */
  readonly holdsAccount: boolean;
  /** Whether this browser keeps it; one that keeps nothing has lost it when the page is closed. */
  readonly isKept: boolean;
  /** Whether it may share: with that key, or by asking whoever holds it. */
  readonly maySign: boolean;
}

/** How it stands with this browser's device and its connection. */
export type Session =
  | { readonly state: "starting" }
  | { readonly state: "signed_out" }
  | { readonly state: "looking"; readonly device: Device; readonly since: number }
  | { readonly state: "connected"; readonly device: Device }
  | { readonly state: "ended"; readonly device: Device; readonly why: "expired" | "refused" };

/** A catalog: somebody's, or one's own where no owner is named. */
export interface Address {
  readonly owner?: AccountKey;
  readonly catalog: CatalogName;
}

/** What is asked of a catalog's list. */
export interface Listing {
  readonly address: Address;
  /** Without a slash at its end; empty for the top. */
  readonly folder: string;
  /** Files here and below that have this in their name, instead of what lies directly here. */
  readonly name?: string;
  /** Everything here and below, instead of what lies directly here. */
  readonly deep?: true;
}

/** A folder, as one line of a list. */
export interface Folder {
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

export interface ListingPart {
  readonly folders: readonly Folder[];
  readonly files: readonly FileEntry[];
}

/** A part of a file. */
export interface Part {
  readonly address: Address;
  readonly digest: Digest;
  readonly size: number;
  readonly offset: number;
  readonly length: number;
}

/** What a code gave. */
export interface Given {
  readonly purpose: "device" | "share" | "enrol";
  /** The catalog that it was for. */
  readonly shared?: Required<Address>;
}

/** A one-time code that is redeemed here. */
export interface Redemption {
  readonly code: string;
  /** Whether it may make this browser somebody else's device. */
  readonly instead?: boolean;
}

/** A person who begins here. */
export interface Beginning {
  readonly handle: string;
  /** An enrol code, where the platform wants one. */
  readonly code?: string;
}

/** An account's keys, as they were taken out of a browser or off a machine. */
export interface SealedCopy {
  /** The file's text. */
  readonly file: string;
  readonly passphrase: string;
}

export interface Restored {
  readonly account: AccountKey;
  /** Whom this person knows by which handle. */
  readonly people: Readonly<Record<string, AccountKey>>;
}

/** Everything that a tab may have done. Each throws `EngineError`. */
export interface Engine {
  /**
   * Signs this browser in as the device of these creds. Where it is a device of another account, that is refused as
   * `somebody_here`, unless they are to come `instead`.
   */
  readonly signIn: (what: { readonly creds: string; readonly instead?: boolean }) => Promise<Device>;
  /** Makes an account and a device of it here, and signs in as that. */
  readonly begin: (beginning: Beginning) => Promise<Device>;
  /**
   * Redeems a one-time code: a newcomer gets an account made here, a person gets what it gives, and a device code makes
   * this browser that device, as `signIn` does. Interrupted, the same code goes on where it was.
   */
  readonly redeem: (redemption: Redemption) => Promise<Given>;
  /** Signs in as the person of a sealed copy, as another device of theirs. */
  readonly restore: (copy: SealedCopy) => Promise<Restored>;
  /** Revokes the device, if it can be reached, and forgets it here. Resolves with whether it was revoked. */
  readonly signOut: () => Promise<{ readonly revoked: boolean }>;
  /** Connects once more, after nats-server did not let this device in. */
  readonly tryAgain: () => Promise<void>;
  /** Somebody is back, after sleep or offline: looks at once whether the connection still stands. */
  readonly wake: () => Promise<void>;
  readonly ask: (question: Question) => Promise<unknown>;
  /** Waits until nats-server enforces what was recorded of an account. */
  readonly applied: (what: { readonly account: AccountKey; readonly after: number }) => Promise<void>;
  /** Offers a catalog by a grant that the account's key signs, here or where it is. */
  readonly share: (what: {
    readonly catalog: CatalogName;
    readonly recipient: AccountKey;
    readonly expires?: number;
  }) => Promise<number>;
  /**
   * Makes a link by which the first to open it gets a catalog, until a moment in seconds since 1970; it is good for a day.
   * Whoever opens it is answered by this browser where it holds the account's key, and else by the process that does.
   */
  readonly shareLink: (what: { readonly catalog: CatalogName; readonly expires?: number }) => Promise<string>;
  /** Makes a link by which another browser becomes a device of this account, within a few minutes. */
  readonly deviceLink: (what: { readonly name: string }) => Promise<string>;
  /**
   * The account's keys as a file, sealed under a passphrase, as the command line writes and reads it; `pins` are the
   * people that are known here, by their handles. It holds a device of its own, since this browser's cannot be read.
   */
  readonly exportAccount: (what: {
    readonly passphrase: string;
    readonly pins: Readonly<Record<string, AccountKey>>;
  }) => Promise<string>;
  /** What lies in a folder, or has something in its name; told in parts as they come. */
  readonly list: (
    what: Listing,
    told: { readonly signal: AbortSignal; readonly tell: (part: ListingPart) => void },
  ) => Promise<void>;
  /** A part of a file's content. */
  readonly read: (part: Part, told: { readonly signal: AbortSignal }) => Promise<Uint8Array<ArrayBuffer>>;
  /** What the services say of themselves; the descriptions only where one is not among the known. */
  readonly look: (known: readonly string[]) => Promise<Look>;
}

/** What the engine tells every tab by itself. */
export type News =
  | { readonly kind: "session"; readonly session: Session }
  /** Something may have changed: a hint to ask again. */
  | { readonly kind: "notice"; readonly notice: FeedNotice };

/** What a question is answered with. */
export type Reply<S extends keyof Services, N extends keyof Endpoints<S>> = ReplyOf<EndpointOf<S, N>>;
export type Request<S extends keyof Services, N extends keyof Endpoints<S>> = RequestOf<EndpointOf<S, N>>;
export type EndpointsOf<S extends keyof Services> = Endpoints<S>;
