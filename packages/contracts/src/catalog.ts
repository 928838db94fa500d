/** Catalogs: what exists, and who may read it. */
import * as z from "zod";
import { defineEvents, defineService } from "./define.ts";
import { followerOps } from "./ops.ts";
import { AccountKey, CatalogName, GrantToken, Instant, Jwt, Label, Sequence, UnixTime } from "./vocabulary.ts";

/** An owner's signed word that everybody may read a catalog. */
const Statement = Jwt.max(1_024);

const After = z.strictObject({ after: Sequence });

export const catalog = defineService({
  name: "catalog",
  version: "0.1.0",
  description: "Decides what catalogs exist and who may read them",
  runsIn: "platform",
  owns: ["events.catalog", "events.share"],
  endpoints: {
    create: {
      subject: "natster.catalog.create",
      summary: "Make a catalog of the caller's under a name of its own",
      request: z.strictObject({ catalog: CatalogName, description: Label.optional() }),
      reply: After,
      errors: { catalog_exists: 409, too_many_catalogs: 429 },
    },
    describe: {
      subject: "natster.catalog.describe",
      summary: "Say in a line what a catalog holds",
      request: z.strictObject({ catalog: CatalogName, description: Label }),
      reply: After,
      errors: { catalog_unknown: 404 },
    },
    share: {
      subject: "natster.catalog.share",
      summary: "Offer a catalog to an account, by a grant that the caller's account key signed",
      request: z.strictObject({
        catalog: CatalogName,
        grant: GrantToken,
        /** Only where a share by a grant stands: what was taken back meanwhile does not come back. */
        renews: z.literal(true).optional(),
      }),
      reply: After,
      errors: {
        share_unknown: 404,
        catalog_unknown: 404,
        recipient_unknown: 404,
        recipient_self: 422,
        grant_invalid: 422,
        grant_outdated: 409,
      },
    },
    unshare: {
      subject: "natster.catalog.unshare",
      summary: "Take a catalog back from an account",
      request: z.strictObject({ catalog: CatalogName, recipient: AccountKey }),
      reply: After,
      errors: { share_unknown: 404 },
    },
    import: {
      subject: "natster.catalog.import",
      summary: "Accept a catalog that was offered to the caller, or one that is public",
      request: z.strictObject({ owner: AccountKey, catalog: CatalogName }),
      reply: After,
      errors: { share_unknown: 404, too_many_imports: 429 },
    },
    decline: {
      subject: "natster.catalog.decline",
      summary: "Turn down a catalog that was offered to the caller",
      request: z.strictObject({ owner: AccountKey, catalog: CatalogName }),
      reply: After,
      errors: { share_unknown: 404, already_imported: 409 },
    },
    drop: {
      subject: "natster.catalog.drop",
      summary: "Give up a catalog that the caller had accepted",
      request: z.strictObject({ owner: AccountKey, catalog: CatalogName }),
      reply: After,
      errors: { share_unknown: 404 },
    },
    publish: {
      subject: "natster.catalog.publish",
      summary: "Let every account read a catalog, by a statement that the caller's account key signed",
      request: z.strictObject({ catalog: CatalogName, statement: Statement }),
      reply: After,
      errors: { catalog_unknown: 404, statement_invalid: 422, statement_outdated: 409 },
    },
    unpublish: {
      subject: "natster.catalog.unpublish",
      summary: "Let only those read a catalog again with whom it is shared",
      request: z.strictObject({ catalog: CatalogName }),
      reply: After,
      errors: { catalog_unknown: 404, not_published: 409 },
    },
    retire: {
      subject: "natster.catalog.retire",
      summary: "Give up a catalog of the caller's; every share of it ends, and no old grant will ever open another",
      request: z.strictObject({ catalog: CatalogName }),
      reply: After,
      errors: { catalog_unknown: 404 },
    },
    ...followerOps("catalog"),
  },
});

/** What happened to a catalog. */
export const catalogEvents = defineEvents({
  subject: "events.catalog",
  id: z.strictObject({ owner: AccountKey, catalog: CatalogName }),
  takesBack: ["unpublished", "retired"],
  types: {
    created: z.strictObject({ description: Label.optional() }),
    described: z.strictObject({ description: Label }),
    /** `from` is the statement's own second, which taking it back has to cover. */
    published: z.strictObject({ statement: Statement, from: UnixTime, until: Instant.optional() }),
    unpublished: z.strictObject({ reason: z.enum(["owner", "expired"]) }),
    retired: z.strictObject({ reason: z.enum(["owner", "closed"]) }),
  },
});

/** What happened between one catalog and one account. */
export const shareEvents = defineEvents({
  subject: "events.share",
  id: z.strictObject({ owner: AccountKey, catalog: CatalogName, recipient: AccountKey }),
  takesBack: ["unshared", "declined", "dropped"],
  types: {
    /**
     * `issuedAt` is the grant's own second, which a later revocation has to cover. `renews`: the share stood already,
     * and only its grant is another.
     */
    shared: z.strictObject({
      grant: GrantToken,
      issuedAt: UnixTime,
      expires: Instant.optional(),
      renews: z.literal(true).optional(),
    }),
    unshared: z.strictObject({ reason: z.enum(["owner", "expired", "retired", "closed", "unpublished"]) }),
    /** `public`: without a grant, since everybody may. */
    imported: z.strictObject({ public: z.literal(true).optional() }),
    declined: z.strictObject({}),
    dropped: z.strictObject({}),
  },
});
