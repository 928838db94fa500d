/** What the queries answer from: the read models that this service keeps. */
import type { RowOf } from "@natster/contracts";
import type { catalogs, people, shares } from "@natster/contracts/library";
import type { RunningProjection } from "@natster/micro/projector";

export interface Library {
  readonly people: RunningProjection<RowOf<typeof people>>;
  readonly catalogs: RunningProjection<RowOf<typeof catalogs>>;
  readonly shares: RunningProjection<RowOf<typeof shares>>;
}
