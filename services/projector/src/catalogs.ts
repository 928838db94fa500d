/** Which catalogs exist: one row each. */
import { catalogEvents } from "@natster/contracts/catalog";
import { catalogs as bucket } from "@natster/contracts/library";
import { defineProjection } from "@natster/micro/projection";

export const catalogs = defineProjection(bucket, (from) => [
  from(catalogEvents, {
    key: ({ owner, catalog }) => `${owner}.${catalog}`,
    evolve: (row, { type, data, time }, { owner, catalog }) => {
      switch (type) {
        case "created":
        case "described":
          return {
            owner,
            catalog,
            since: row?.since ?? time,
            ...(data.description !== undefined && { description: data.description }),
          };
        case "retired":
          return undefined;
      }
    },
  }),
]);
