/** The library: everything that people see. The projector keeps it, and answers from it. */
import * as z from "zod";
import { Claim, CodeOffer, CodeTries } from "./codes.ts";
import { defineBucket, defineService } from "./define.ts";
import { projectionOps } from "./ops.ts";
import { Entry } from "./activity.ts";
import {
  AccountKey,
  CatalogName,
  CodeId,
  Cursor,
  GrantToken,
  Handle,
  InstanceId,
  Instant,
  Jwt,
  Label,
  PageSize,
  Role,
  Sequence,
  UnixTime,
  UserKey,
} from "./vocabulary.ts";

/** `after`: answer only once what was recorded at this position is visible, or refuse with `behind`. */
const Fresh = z.strictObject({ after: Sequence.optional() });
const Paged = Fresh.extend({ cursor: Cursor.optional(), limit: PageSize.optional() });
/** A page of rows; there are more where `cursor` is given. */
const page = <R extends z.ZodType>(row: R) => z.strictObject({ rows: z.array(row), cursor: Cursor.optional() });
const behind = { behind: 503 } as const;

/** A person as the platform knows them. */
export const Person = z.strictObject({ account: AccountKey, handle: Handle.optional(), since: Instant });
export type Person = z.infer<typeof Person>;

/** A device of an account, as it was announced. */
export const Device = z.strictObject({
  user: UserKey,
  name: Label,
  role: Role,
  /** Whether its account lets it sign grants, or have them signed. */
  maySign: z.boolean(),
  since: Instant,
  /** When it was given the JWT that it has now, and until when that holds. */
  renewed: Instant,
  expires: Instant.optional(),
});
export type Device = z.infer<typeof Device>;

/** A catalog and its owner. */
export const Catalog = z.strictObject({
  owner: AccountKey,
  catalog: CatalogName,
  description: Label.optional(),
  since: Instant,
  /** Everybody may read it, by this statement that its owner signed. */
  published: z.strictObject({ statement: Jwt, since: Instant, until: Instant.optional() }).optional(),
  /** Every statement up to this second is void. */
  statementsVoidUntil: UnixTime.optional(),
});
export type Catalog = z.infer<typeof Catalog>;

/** What stands between one catalog and one account. */
export const Share = z.strictObject({
  owner: AccountKey,
  catalog: CatalogName,
  recipient: AccountKey,
  state: z.enum(["offered", "imported"]),
  since: Instant,
  expires: Instant.optional(),
});
export type Share = z.infer<typeof Share>;

/** How far what a catalog holds has changed: a number that its file-servers raise. */
const Revision = z.int().nonnegative();

/** Whether a catalog is served at this moment, and at which revision. */
export const Presence = z.strictObject({ online: z.boolean(), revision: Revision.optional() });
export type Presence = z.infer<typeof Presence>;

const SeenCatalog = Catalog.extend(Presence.shape);
const SeenShare = Share.extend(Presence.shape);

/** A one-time code, as its issuer sees it. */
export const OwnCode = z.strictObject({
  code: CodeId,
  offer: CodeOffer,
  audience: AccountKey.optional(),
  state: z.enum(["issued", "claimed", "fulfilled", "cancelled", "expired"]),
  /** The claim that won, for the issuer to check and to answer. */
  claim: Claim.optional(),
  expires: Instant,
  /** Since when it is in this state. */
  since: Instant,
});
export type OwnCode = z.infer<typeof OwnCode>;

/** How many of a kind there are, and how many there ever were. */
const Count = z.strictObject({ now: z.int().nonnegative(), ever: z.int().nonnegative() });

export const projector = defineService({
  name: "projector",
  version: "0.1.0",
  description: "Keeps everything that people see, and answers questions about it",
  runsIn: "platform",
  owns: ["events.projection.projector"],
  endpoints: {
    ...projectionOps("projector"),
    whoami: {
      subject: "natster.library.whoami",
      summary: "Say who the caller is to the platform",
      request: Fresh,
      reply: Person.extend({ administrator: z.boolean() }),
      errors: { account_unknown: 404, ...behind },
    },
    person: {
      subject: "natster.library.person",
      summary: "Find a person by handle or by account",
      request: z.union([Fresh.extend({ handle: Handle }), Fresh.extend({ account: AccountKey })]),
      reply: Person,
      errors: { person_unknown: 404, ...behind },
    },
    devices: {
      subject: "natster.library.devices",
      summary: "List the devices of the caller's account",
      request: Paged,
      reply: page(Device),
      errors: behind,
    },
    mine: {
      subject: "natster.library.mine",
      summary: "List the caller's own catalogs",
      request: Paged,
      reply: page(SeenCatalog),
      errors: behind,
    },
    shared: {
      subject: "natster.library.shared",
      summary: "List the catalogs of others that the caller has accepted",
      request: Paged,
      reply: page(SeenShare),
      errors: behind,
    },
    inbox: {
      subject: "natster.library.inbox",
      summary: "List the catalogs of others that are offered to the caller",
      request: Paged,
      reply: page(SeenShare),
      errors: behind,
    },
    shares: {
      subject: "natster.library.shares",
      summary: "List with whom the caller's catalogs are shared",
      request: Paged.extend({ catalog: CatalogName.optional() }),
      reply: page(Share),
      errors: behind,
    },
    catalog: {
      subject: "natster.library.catalog",
      summary: "Tell of one catalog, to its owner, to whom it is shared with, and to everybody where it is public",
      request: Fresh.extend({ owner: AccountKey, catalog: CatalogName }),
      reply: SeenCatalog.extend({
        /** What stands between it and the caller, who is not its owner; with the grant, to show to its instances. */
        share: Share.extend({ grant: GrantToken }).optional(),
      }),
      errors: { catalog_unknown: 404, ...behind },
    },
    codes: {
      subject: "natster.library.codes",
      summary: "List the codes that the caller's account issued, or one of them, and what became of them",
      // A row carries a whole claim: a hundred of them fit in a message.
      request: Paged.extend({ code: CodeId.optional(), limit: PageSize.max(100).optional() }),
      reply: page(OwnCode.extend({ tries: CodeTries.optional() })),
      errors: behind,
    },
    activity: {
      subject: "natster.library.activity",
      summary: "List what happened to the caller's account, its devices, catalogs, shares and codes, the latest first",
      request: Paged,
      reply: page(Entry),
      errors: behind,
    },
    stats: {
      subject: "natster.library.stats",
      summary: "Count the accounts, catalogs and shares of this system",
      request: Fresh,
      reply: z.strictObject({ accounts: Count, catalogs: Count, shares: Count }),
      errors: behind,
    },
    beat: {
      subject: "natster.presence.beat",
      summary: "Say that an instance serves a catalog of the caller's, every ten seconds, or that it is leaving",
      request: z.strictObject({
        catalog: CatalogName,
        instance: InstanceId,
        revision: Revision,
        leaving: z.literal(true).optional(),
      }),
      reply: z.strictObject({}),
      errors: { catalog_unknown: 404, too_many_instances: 409 },
      roles: ["owner", "server"],
    },
  },
});

/** Who exists: rows `account.<key>` and `handle.<handle>`. */
export const people = defineBucket({
  name: "people",
  summary: "Who exists, by account and by handle",
  row: z.strictObject({ account: AccountKey, handle: Handle.optional(), since: Instant }),
});

/** Rows `<account>.<user>`. */
export const devices = defineBucket({ name: "devices", summary: "Which devices each account has", row: Device });

/** Rows `<owner>.<catalog>`. */
export const catalogs = defineBucket({
  name: "catalogs",
  summary: "Which catalogs exist, by owner",
  version: 2,
  /** Where it was made, in the log: what was shared under its name before that was of another. */
  row: Catalog.extend({ created: Sequence }),
});

/** Rows `out.<owner>.<catalog>.<recipient>` and `in.<recipient>.<owner>.<catalog>`. */
export const shares = defineBucket({
  name: "shares",
  summary: "Who shares which catalog with whom, by owner and by recipient",
  version: 3,
  /**
   * Where it was last offered, in the log. The recipient's row holds the grant, which its devices show to the owner's
   * instances.
   */
  row: Share.extend({ offered: Sequence, grant: GrantToken.optional() }),
});

/** Rows `<issuer>.<code>`. */
export const ownCodes = defineBucket({ name: "codes", summary: "Which codes each account issued", row: OwnCode });

/** Rows `<account>.<sequence>`: one for each event and each account that it concerns; none is ever changed. */
export const activity = defineBucket({
  name: "activity",
  summary: "What happened, account by account",
  row: Entry,
});

/**
 * Rows `<kind>.<began|ended>.<sequence>`: one for each event with which something of a kind comes to be or is gone. How
 * many there are is a difference of two counts, and each event is in them once, however often it is delivered.
 */
export const stats = defineBucket({
  name: "stats",
  summary: "What came to be and what ended, to be counted",
  undivided: true,
  row: z.strictObject({}),
});

/** Rows `<owner>.<catalog>.<instance>`, each gone by itself when its instance is silent. */
export const presence = defineBucket({
  name: "presence",
  summary: "Which instances serve which catalogs at this moment",
  row: z.strictObject({ revision: Revision }),
});

/** What the feed tells an account: a hint to ask again, at most once. The truth is the query. */
export const FeedNotice = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("account"), sequence: Sequence }),
  /** Told to administrators: a projection could not take in an event, which stands aside. */
  z.strictObject({ kind: z.literal("parked"), projection: z.string(), sequence: Sequence, reason: z.string() }),
  z.strictObject({ kind: z.literal("device"), user: UserKey, sequence: Sequence }),
  z.strictObject({
    kind: z.literal("code"),
    code: CodeId,
    event: z.enum(["issued", "claimed", "fulfilled", "cancelled", "expired"]),
    sequence: Sequence,
  }),
  /**
   * Told to a code's issuer: somebody tried it without knowing its secret, so many times by now. It is told of the first
   * try, the second, the fourth, and so on: guessing faster does not tell more.
   */
  z.strictObject({ kind: z.literal("tries"), code: CodeId, count: z.int().positive() }),
  /** Told to the owner of a catalog, and to those who have accepted it. */
  z.strictObject({ kind: z.literal("presence"), owner: AccountKey, catalog: CatalogName, ...Presence.shape }),
  z.strictObject({ kind: z.literal("catalog"), owner: AccountKey, catalog: CatalogName, sequence: Sequence }),
  z.strictObject({
    kind: z.literal("share"),
    owner: AccountKey,
    catalog: CatalogName,
    recipient: AccountKey,
    event: z.enum(["shared", "unshared", "imported", "declined", "dropped"]),
    sequence: Sequence,
  }),
]);
export type FeedNotice = z.infer<typeof FeedNotice>;
