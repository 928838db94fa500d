/** What came to be and what ended, one row for each event that does either: counting them is counting rows. */
import { accountEvents } from "../accounts.ts";
import { catalogEvents, shareEvents } from "../catalog.ts";
import { stats as bucket } from "../library.ts";
import { defineProjection } from "../projection.ts";

export const stats = defineProjection(bucket, (from) => [
  from(accountEvents, {
    key: (_id, { type, sequence }) =>
      type === "registered"
        ? `accounts.began.${sequence}`
        : type === "closed"
          ? `accounts.ended.${sequence}`
          : undefined,
    evolve: () => ({}),
  }),
  from(catalogEvents, {
    key: (_id, { type, sequence }) =>
      type === "created" ? `catalogs.began.${sequence}` : type === "retired" ? `catalogs.ended.${sequence}` : undefined,
    evolve: () => ({}),
  }),
  from(shareEvents, {
    key: (_id, { type, data, sequence }) => {
      switch (type) {
        case "shared":
          return data.renews ? undefined : `shares.began.${sequence}`;
        case "imported":
          return data.public ? `shares.began.${sequence}` : undefined;
        case "unshared":
        case "declined":
        case "dropped":
          return `shares.ended.${sequence}`;
      }
    },
    evolve: () => ({}),
  }),
]);
