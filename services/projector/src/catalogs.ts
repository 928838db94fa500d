/** Which catalogs exist: one row each. */
import { catalogEvents } from "@natster/contracts/catalog";
import { catalogs as bucket } from "@natster/contracts/library";
import { defineProjection } from "@natster/micro/projection";

export const catalogs = defineProjection(bucket, (from) => [
  from(catalogEvents, {
    key: ({ owner, catalog }) => `${owner}.${catalog}`,
    evolve: (row, { data, time }, { owner, catalog }) => ({
      owner,
      catalog,
      since: row?.since ?? time,
      ...(data.description !== undefined && { description: data.description }),
    }),
  }),
]);
