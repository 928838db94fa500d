/** Accounts: who exists, and what nats-server is told about them. */
import * as z from "zod";
import { defineBucket, defineEvents, defineService } from "./define.ts";
import { maxRange } from "./files.ts";
import { projectionOps } from "./ops.ts";
import {
  AccountKey,
  CatalogName,
  CodeId,
  GrantToken,
  Handle,
  Instant,
  Jwt,
  Label,
  Role,
  Sequence,
  UnixTime,
  UserKey,
} from "./vocabulary.ts";

/** How much an account may use; what is not named is as usual. -1 is unlimited. */
export const AccountLimits = z.strictObject({
  /** Connections at the same time, over all devices. */
  conn: z.int().min(-1).optional(),
  /** Subscriptions of one connection. */
  subs: z.int().min(-1).optional(),
  /** Bytes of one message. */
  payload: z.int().min(-1).optional(),
  /** Catalogs of its own at the same time. */
  catalogs: z.int().min(-1).optional(),
  /** Catalogs of others at the same time. */
  imports: z.int().min(-1).optional(),
});
export type AccountLimits = z.infer<typeof AccountLimits>;

/**
 * What an account needs to be used at all, as far as its limits name it: connections for a page, a command and a serving
 * process, which has two, and messages that hold the largest range of a file. With less it would be suspended, and not say so.
 */
export const leastLimits = { conn: 4, subs: 100, payload: 2 * maxRange } as const;

export const accounts = defineService({
  name: "accounts",
  version: "0.1.0",
  description: "Decides who exists and tells nats-server what each account may do",
  runsIn: "platform",
  owns: ["events.account", "events.handle", "events.projection.accounts"],
  endpoints: {
    register: {
      subject: "natster.accounts.register",
      summary: "Admit an account whose key signed these claims",
      request: z.strictObject({ claims: Jwt }),
      reply: z.strictObject({ after: Sequence }),
      errors: {
        claims_invalid: 422,
        registration_closed: 403,
        code_needed: 403,
        handle_taken: 409,
        account_closed: 410,
      },
      access: "lobby",
    },
    standing: {
      subject: "natster.accounts.standing",
      summary: "Say how an account stands to whoever has its key, which signed these claims",
      request: z.strictObject({ claims: Jwt }),
      reply: z.strictObject({
        status: z.enum(["unknown", "open", "suspended", "closed"]),
        /** Why it is suspended, where that was said. */
        reason: Label.optional(),
      }),
      errors: { claims_invalid: 422 },
      access: "lobby",
    },
    applied: {
      subject: "natster.accounts.applied",
      summary:
        "Wait, for two seconds at the most, until nats-server enforces what the log said of an account at a position",
      request: z.strictObject({ account: AccountKey, after: Sequence }),
      reply: z.strictObject({ applied: z.boolean() }),
      errors: {},
      access: "lobby",
    },
    rename: {
      subject: "natster.accounts.rename",
      summary: "Give the caller's account another handle, and free the one it had",
      request: z.strictObject({ handle: Handle }),
      reply: z.strictObject({ after: Sequence }),
      errors: { handle_taken: 409, account_unknown: 404 },
    },
    device: {
      subject: "natster.accounts.device",
      summary:
        "Announce a device of the caller's account, new or renewed, by the user JWT that the account's key signed",
      request: z.strictObject({
        jwt: Jwt,
        name: Label.optional(),
        /** Only where the device is there: what was revoked meanwhile does not come back. */
        renews: z.literal(true).optional(),
      }),
      reply: z.strictObject({ after: Sequence }),
      errors: {
        device_invalid: 422,
        device_outdated: 409,
        device_unknown: 404,
        account_unknown: 404,
        too_many_devices: 429,
      },
      roles: ["owner", "server"],
    },
    deviceRename: {
      subject: "natster.accounts.device-rename",
      summary: "Give a device of the caller's account another name; only an owner may name another than itself",
      request: z.strictObject({ user: UserKey, name: Label }),
      reply: z.strictObject({ after: Sequence }),
      errors: { device_unknown: 404, account_unknown: 404 },
    },
    revoke: {
      subject: "natster.accounts.revoke",
      summary: "Void every JWT that a device of the caller's account has; only an owner may revoke another than itself",
      request: z.strictObject({ user: UserKey }),
      reply: z.strictObject({ after: Sequence }),
      errors: { device_unknown: 404, account_unknown: 404, device_last: 409 },
    },
    close: {
      subject: "natster.accounts.close",
      summary: "Close the caller's account for good: its devices, its catalogs and its handle are given up",
      request: z.strictObject({}),
      reply: z.strictObject({ after: Sequence }),
      errors: { account_unknown: 404 },
      roles: ["owner"],
    },
    ...projectionOps("accounts"),
    limit: {
      subject: "natster.ops.accounts.limit",
      summary: "Give an account other limits than the usual ones",
      request: z.strictObject({ account: AccountKey, limits: AccountLimits }),
      reply: z.strictObject({ after: Sequence }),
      errors: { account_unknown: 404, account_own: 409, limits_too_low: 422 },
      access: "administrator",
    },
    suspend: {
      subject: "natster.ops.accounts.suspend",
      summary: "Let nobody connect to an account until it is resumed",
      request: z.strictObject({ account: AccountKey, reason: Label.optional() }),
      reply: z.strictObject({ after: Sequence }),
      errors: { account_unknown: 404, account_own: 409 },
      access: "administrator",
    },
    resume: {
      subject: "natster.ops.accounts.resume",
      summary: "Let a suspended account connect again",
      request: z.strictObject({ account: AccountKey }),
      reply: z.strictObject({ after: Sequence }),
      errors: { account_unknown: 404 },
      access: "administrator",
    },
  },
});

/** Whether nats-server enforces what the log says: what `accounts` tells of it in its figures. */
export const Enforcement = z.object({
  /** Whether account JWTs are signed at all. */
  enforces: z.boolean(),
  /** How many nats-servers do not believe the signing key that was put in place; a key before it goes on meanwhile. */
  disbelievedBy: z.int().nonnegative(),
  /** How many accounts nats-server would not take as the log has them. */
  refusedAccounts: z.int().nonnegative(),
});
export type Enforcement = z.infer<typeof Enforcement>;

/** What `accounts` has still to push, which it tells there too. */
export const Pushing = z.object({
  /** Of how many accounts nats-server has still to be told. */
  waitingPushes: z.int().nonnegative(),
});
export type Pushing = z.infer<typeof Pushing>;

/** What happened to an account. */
export const accountEvents = defineEvents({
  subject: "events.account",
  id: z.strictObject({ account: AccountKey }),
  takesBack: ["limited", "suspended", "resumed", "closed", "device_revoked"],
  types: {
    registered: z.strictObject({ handle: Handle.optional(), code: CodeId.optional() }),
    renamed: z.strictObject({ handle: Handle, was: Handle.optional() }),
    limited: z.strictObject({ limits: AccountLimits }),
    suspended: z.strictObject({ reason: Label.optional() }),
    resumed: z.strictObject({}),
    closed: z.strictObject({}),
    /** A new device, or a newer JWT of one; `issuedAt` is the JWT's own second, which a later revocation has to cover. */
    device_added: z.strictObject({
      user: UserKey,
      name: Label,
      role: Role,
      maySign: z.boolean(),
      issuedAt: UnixTime,
      expires: Instant.optional(),
    }),
    device_renamed: z.strictObject({ user: UserKey, name: Label }),
    /** Every JWT of the device that was issued up to this second is void. */
    device_revoked: z.strictObject({ user: UserKey, until: UnixTime }),
  },
});

/** What happened to a handle: it is unique because its subject is. */
export const handleEvents = defineEvents({
  subject: "events.handle",
  id: z.strictObject({ handle: Handle }),
  takesBack: ["released"],
  types: {
    claimed: z.strictObject({ account: AccountKey }),
    released: z.strictObject({ account: AccountKey }),
  },
});

/** What a newcomer's account key signs to be admitted. */
export const RegistrationClaims = z.strictObject({
  handle: Handle.optional(),
  /** The id of the code that it comes with. */
  code: CodeId.optional(),
});
export type RegistrationClaims = z.infer<typeof RegistrationClaims>;

/**
 * What each account JWT is rendered from, in rows by relation: `account.<key>`, `export.<owner>.<catalog>`,
 * `import.<recipient>.<owner>.<catalog>`, `revoked.<owner>.<catalog>.<recipient>` and `device.<account>.<user>`.
 */
export const access = defineBucket({
  name: "access",
  summary: "What each account JWT is rendered from",
  version: 3,
  undivided: true,
  row: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("account"),
      handle: Handle.optional(),
      status: z.enum(["open", "suspended", "closed"]),
      limits: AccountLimits.optional(),
    }),
    /** Every grant up to `voidUntil` is void: a new catalog of the same name revives none. */
    z.strictObject({
      kind: z.literal("export"),
      catalog: CatalogName,
      voidUntil: UnixTime.optional(),
      /** It was given up, and is not there until one of its name is made again. */
      retired: z.literal(true).optional(),
      /** Every account may import it without a grant. */
      public: z.literal(true).optional(),
    }),
    z.strictObject({
      kind: z.literal("import"),
      owner: AccountKey,
      catalog: CatalogName,
      /** None where it is public. */
      grant: GrantToken.optional(),
      accepted: z.boolean(),
    }),
    /** Every grant up to `until` is void; `lastGrant` is the latest that was ever given. */
    z.strictObject({
      kind: z.literal("revoked"),
      catalog: CatalogName,
      recipient: AccountKey,
      lastGrant: UnixTime,
      until: UnixTime.optional(),
    }),
    /** A device that was revoked: every JWT of it up to `until` is void. */
    z.strictObject({ kind: z.literal("device"), user: UserKey, until: UnixTime }),
  ]),
});
