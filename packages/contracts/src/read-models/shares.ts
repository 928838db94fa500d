/** Who shares which catalog with whom: one row per share for its owner, and one for its recipient. */
import type { IdOf, RowOf, Recorded } from "../define.ts";
import { shareEvents } from "../catalog.ts";
import { shares as bucket } from "../library.ts";
import { defineProjection } from "../projection.ts";

type Row = RowOf<typeof bucket>;

export const shares = defineProjection(bucket, (from) => [
  from(shareEvents, { key: ({ owner, catalog, recipient }) => `out.${owner}.${catalog}.${recipient}`, evolve }),
  from(shareEvents, {
    key: ({ owner, catalog, recipient }) => `in.${recipient}.${owner}.${catalog}`,
    evolve: (row, event, id) => {
      const next = evolve(row, event, id);
      return next && event.type === "shared" ? { ...next, grant: event.data.grant } : next;
    },
  }),
]);

function evolve(
  row: Row | undefined,
  { type, data, time, sequence }: Recorded<typeof shareEvents>,
  id: IdOf<typeof shareEvents>,
): Row | undefined {
  switch (type) {
    case "shared":
      return {
        ...id,
        state: row?.state ?? "offered",
        since: row?.since ?? time,
        offered: sequence,
        ...(data.expires && { expires: data.expires }),
      };
    case "imported":
      if (data.public) return { ...id, state: "imported", since: time, offered: sequence };
      return row && { ...row, state: "imported", since: time };
    case "unshared":
    case "declined":
    case "dropped":
      return undefined;
  }
}
