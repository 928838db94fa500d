/** Activity: what an account's own audit trail says of an event. */
import * as z from "zod";
import { AccountKey, CatalogName, CodeId, Handle, Instant, Label, Role, Sequence, UserKey } from "./vocabulary.ts";
import { CodePurpose } from "./codes.ts";

/** Where and when it happened, by whom, and because of which command. */
const happened = {
  sequence: Sequence,
  time: Instant,
  /** The account that asked for it; of a newcomer, the lobby's. */
  actor: AccountKey,
  /** The device that asked for it, where the trail is that of its own account. */
  device: UserKey.optional(),
  /** `<service>.<what was asked>`, such as `catalog.unshare`, or `catalog.expire` where time did it. */
  command: z.string(),
};

/** One line of an account's audit trail, told apart by what it is about. */
export const Entry = z.discriminatedUnion("about", [
  z.strictObject({
    about: z.literal("account"),
    event: z.enum(["registered", "renamed", "limited", "suspended", "resumed", "closed"]),
    handle: Handle.optional(),
    reason: Label.optional(),
    ...happened,
  }),
  z.strictObject({
    about: z.literal("device"),
    event: z.enum(["device_added", "device_renamed", "device_revoked"]),
    user: UserKey,
    name: Label.optional(),
    role: Role.optional(),
    ...happened,
  }),
  z.strictObject({
    about: z.literal("catalog"),
    event: z.enum(["created", "described", "published", "unpublished", "retired"]),
    owner: AccountKey,
    catalog: CatalogName,
    reason: z.string().optional(),
    ...happened,
  }),
  z.strictObject({
    about: z.literal("share"),
    event: z.enum(["shared", "unshared", "imported", "declined", "dropped"]),
    owner: AccountKey,
    catalog: CatalogName,
    recipient: AccountKey,
    /** The share stood already, and got another grant. */
    renews: z.literal(true).optional(),
    expires: Instant.optional(),
    reason: z.string().optional(),
    ...happened,
  }),
  z.strictObject({
    about: z.literal("code"),
    event: z.enum(["issued", "claimed", "fulfilled", "cancelled", "expired"]),
    code: CodeId,
    issuer: AccountKey,
    purpose: CodePurpose.optional(),
    claimant: AccountKey.optional(),
    ...happened,
  }),
]);
export type Entry = z.infer<typeof Entry>;
