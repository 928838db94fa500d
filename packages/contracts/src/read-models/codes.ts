/** Which codes each account issued, and what became of them: one row each, under the issuer. */
import { codeEvents } from "../codes.ts";
import { ownCodes as bucket } from "../library.ts";
import { defineProjection } from "../projection.ts";

export const codes = defineProjection(bucket, (from) => [
  from(codeEvents, {
    key: ({ code }, { data: { issuer } }) => `${issuer}.${code}`,
    evolve: (row, { type, data, time }, { code }) => {
      switch (type) {
        case "issued": {
          const { offer, audience, expires } = data;
          const said = { offer, ...(audience && { audience }), expires };
          return { ...said, code, state: "issued", since: time };
        }
        case "claimed": {
          const { issuer: _, ...claim } = data;
          return row && { ...row, state: "claimed", claim, since: time };
        }
        case "fulfilled":
        case "cancelled":
        case "expired":
          return row && { ...row, state: type, since: time };
      }
    },
  }),
]);
