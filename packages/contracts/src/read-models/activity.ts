/** What happened, account by account: one row for each event and each account that it concerns. */
import type { EventsContract, IdOf, Recorded } from "../define.ts";
import { AccountKey, UserKey } from "../vocabulary.ts";
import { accountEvents } from "../accounts.ts";
import { catalogEvents, shareEvents } from "../catalog.ts";
import { codeEvents } from "../codes.ts";
import { activity as bucket } from "../library.ts";
import { defineProjection } from "../projection.ts";

export const activity = defineProjection(bucket, (from) => [
  from(accountEvents, {
    key: ({ account }, event) => at(account, event),
    evolve: (_row, event, { account }) => ofAccount(event, account),
  }),
  from(catalogEvents, {
    key: ({ owner }, event) => at(owner, event),
    evolve: (_row, event, id) => ({
      about: "catalog",
      event: event.type,
      ...id,
      ...("reason" in event.data && { reason: event.data.reason }),
      ...happened(event, id.owner),
    }),
  }),
  // A share concerns two people: its owner, and its recipient.
  from(shareEvents, {
    key: ({ owner }, event) => at(owner, event),
    evolve: (_row, event, id) => ofShare(event, id, id.owner),
  }),
  from(shareEvents, {
    key: ({ recipient }, event) => at(recipient, event),
    evolve: (_row, event, id) => ofShare(event, id, id.recipient),
  }),
  // A code is its issuer's, and once it is claimed the claimant's too.
  from(codeEvents, {
    key: (_id, event) => at(event.data.issuer, event),
    evolve: (_row, event, id) => ofCode(event, id, event.data.issuer),
  }),
  from(codeEvents, {
    key: (_id, event) => {
      const claimant = claimantOf(event);
      return claimant && claimant !== event.data.issuer ? at(claimant, event) : undefined;
    },
    evolve: (row, event, id) => {
      const claimant = claimantOf(event);
      return claimant ? ofCode(event, id, claimant) : row;
    },
  }),
]);

/** The sequence is one event's alone, so a row belongs to one aggregate, and no row is ever changed. */
const at = (account: AccountKey, { sequence }: { readonly sequence: number }): string => `${account}.${sequence}`;

/** Which device it was is for its own account to know. */
const happened = ({ sequence, time, actor, user, command }: Recorded<EventsContract>, trail: AccountKey) => ({
  sequence,
  time,
  actor: AccountKey.parse(actor),
  ...(user !== undefined && actor === trail && { device: UserKey.parse(user) }),
  command: command.name,
});

function ofAccount(event: Recorded<typeof accountEvents>, account: AccountKey) {
  const rest = happened(event, account);
  switch (event.type) {
    case "device_added":
      return {
        about: "device" as const,
        event: event.type,
        user: event.data.user,
        name: event.data.name,
        role: event.data.role,
        ...rest,
      };
    case "device_renamed":
      return { about: "device" as const, event: event.type, ...event.data, ...rest };
    case "device_revoked":
      return { about: "device" as const, event: event.type, user: event.data.user, ...rest };
    case "registered":
    case "renamed":
      return {
        about: "account" as const,
        event: event.type,
        ...(event.data.handle !== undefined && { handle: event.data.handle }),
        ...rest,
      };
    case "suspended":
      return { about: "account" as const, event: event.type, ...event.data, ...rest };
    case "limited":
    case "resumed":
    case "closed":
      return { about: "account" as const, event: event.type, ...rest };
  }
}

const ofShare = (event: Recorded<typeof shareEvents>, id: IdOf<typeof shareEvents>, trail: AccountKey) => ({
  about: "share" as const,
  event: event.type,
  ...id,
  ...(event.type === "shared" && {
    ...(event.data.renews && { renews: true as const }),
    ...(event.data.expires !== undefined && { expires: event.data.expires }),
  }),
  ...(event.type === "unshared" && { reason: event.data.reason }),
  ...happened(event, trail),
});

/** The account that claimed a code; a device that claims one is about to get its account. */
const claimantOf = ({ type, data }: Recorded<typeof codeEvents>): AccountKey | undefined =>
  type === "claimed" ? data.transcript.account : undefined;

const ofCode = (event: Recorded<typeof codeEvents>, { code }: IdOf<typeof codeEvents>, trail: AccountKey) => ({
  about: "code" as const,
  event: event.type,
  code,
  issuer: event.data.issuer,
  ...(event.type === "issued" && { purpose: event.data.offer.purpose }),
  ...(event.type === "claimed" &&
    event.data.transcript.account !== undefined && { claimant: event.data.transcript.account }),
  ...happened(event, trail),
});
