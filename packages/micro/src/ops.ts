/** The answering side of operations: the handlers of every service that keeps projections. */
import type { projectionOps as endpointsOf } from "@natster/contracts/ops";
import type { Call } from "./handler.ts";
import type { RunningProjection } from "./projector.ts";
import { refuse } from "./refusal.ts";

type Endpoints = ReturnType<typeof endpointsOf>;
type Kept = Readonly<Record<string, Omit<RunningProjection<unknown>, "rows">>>;

/** Makes the handlers of `projectionOps` for a service's projections, by name. */
export function projectionOps(endpoints: Endpoints, kept: Kept) {
  const find = (endpoint: Endpoints["rebuild"] | Endpoints["parked"], name: string) => {
    const projection = Object.hasOwn(kept, name) ? kept[name] : undefined;
    if (!projection) throw refuse(endpoint, "projection_unknown");
    return projection;
  };
  return {
    status: () => ({ projections: Object.entries(kept).map(([projection, { lag }]) => ({ projection, ...lag })) }),
    rebuild: async ({ request }: Call<Endpoints["rebuild"]>) => {
      await find(endpoints.rebuild, request.projection).rebuild();
      return {};
    },
    parked: async ({ request: { projection, ...paging } }: Call<Endpoints["parked"]>) => {
      const { rows, cursor } = await find(endpoints.parked, projection).parked(paging);
      return {
        rows: rows.map(({ row, sequence }) => ({ ...row, sequence })),
        ...(cursor !== undefined && { cursor }),
      };
    },
  };
}
