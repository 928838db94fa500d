/** Which catalogs exist: one row each. */
import { catalogEvents } from "../catalog.ts";
import { catalogs as bucket } from "../library.ts";
import { defineProjection } from "../projection.ts";

export const catalogs = defineProjection(bucket, (from) => [
  from(catalogEvents, {
    key: ({ owner, catalog }) => `${owner}.${catalog}`,
    evolve: (row, { type, data, time, sequence }, { owner, catalog }) => {
      switch (type) {
        case "created":
        case "described":
          return {
            ...(row ?? { owner, catalog, since: time, created: sequence }),
            ...(data.description !== undefined && { description: data.description }),
          };
        case "published": {
          const { statement, until } = data;
          return row && { ...row, published: { statement, since: time, ...(until !== undefined && { until }) } };
        }
        case "unpublished": {
          if (!row) return undefined;
          const { published: _, ...rest } = row;
          return { ...rest, statementsVoidUntil: Math.floor(Date.parse(time) / 1000) };
        }
        case "retired":
          return undefined;
      }
    },
  }),
]);
