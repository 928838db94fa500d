/** The library: everything that people see. The projector keeps it, and answers from it. */
import * as z from "zod";
import { defineBucket, defineService } from "./define.ts";
import { AccountKey, CatalogName, Cursor, Handle, Instant, Label, PageSize, Sequence } from "./vocabulary.ts";

/** `after`: answer only once what was recorded at this position is visible, or refuse with `behind`. */
const Fresh = z.strictObject({ after: Sequence.optional() });
const Paged = Fresh.extend({ cursor: Cursor.optional(), limit: PageSize.optional() });
/** A page of rows; there are more where `cursor` is given. */
const page = <R extends z.ZodType>(row: R) => z.strictObject({ rows: z.array(row), cursor: Cursor.optional() });
const behind = { behind: 503 } as const;

/** A person as the platform knows them. */
export const Person = z.strictObject({ account: AccountKey, handle: Handle.optional(), since: Instant });
export type Person = z.infer<typeof Person>;

/** A catalog and its owner. */
export const Catalog = z.strictObject({
  owner: AccountKey,
  catalog: CatalogName,
  description: Label.optional(),
  since: Instant,
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

export const projector = defineService({
  name: "projector",
  version: "0.1.0",
  description: "Keeps everything that people see, and answers questions about it",
  runsIn: "platform",
  endpoints: {
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
    mine: {
      subject: "natster.library.mine",
      summary: "List the caller's own catalogs",
      request: Paged,
      reply: page(Catalog),
      errors: behind,
    },
    shared: {
      subject: "natster.library.shared",
      summary: "List the catalogs of others that the caller has accepted",
      request: Paged,
      reply: page(Share),
      errors: behind,
    },
    inbox: {
      subject: "natster.library.inbox",
      summary: "List the catalogs of others that are offered to the caller",
      request: Paged,
      reply: page(Share),
      errors: behind,
    },
    shares: {
      subject: "natster.library.shares",
      summary: "List with whom the caller's catalogs are shared",
      request: Paged.extend({ catalog: CatalogName.optional() }),
      reply: page(Share),
      errors: behind,
    },
  },
});

/** Who exists: rows `account.<key>` and `handle.<handle>`. */
export const people = defineBucket({
  name: "people",
  summary: "Who exists, by account and by handle",
  row: z.strictObject({ account: AccountKey, handle: Handle.optional(), since: Instant }),
});

/** Rows `<owner>.<catalog>`. */
export const catalogs = defineBucket({ name: "catalogs", summary: "Which catalogs exist, by owner", row: Catalog });

/** Rows `out.<owner>.<catalog>.<recipient>` and `in.<recipient>.<owner>.<catalog>`. */
export const shares = defineBucket({
  name: "shares",
  summary: "Who shares which catalog with whom, by owner and by recipient",
  row: Share,
});

/** What the feed tells an account: a hint to ask again, at most once. The truth is the query. */
export const FeedNotice = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("account"), sequence: Sequence }),
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
