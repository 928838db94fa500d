/** Projections, as the contracts declare them: how rows follow from events. `projector.ts` runs them. */
export { defineProjection, type Projection, type RowsFrom } from "@natster/contracts/projection";
