/** Which codes each account issued, and what became of them: one row each, under the issuer. */
import { codeEvents } from "@natster/contracts/codes";
import { ownCodes as bucket } from "@natster/contracts/library";
import { defineProjection } from "@natster/micro/projection";

export const codes = defineProjection(bucket, (from) => [
  from(codeEvents, {
    key: ({ code }, { data: { issuer } }) => `${issuer}.${code}`,
    evolve: (row, { type, data, time }, { code }) => {
      switch (type) {
        case "issued": {
          const { issuer: _, ...said } = data;
          return { ...said, code, state: "issued", since: time };
        }
        case "claimed":
          return row && { ...row, state: "claimed", claimant: data.account, since: time };
        case "cancelled":
        case "expired":
          return row && { ...row, state: type, since: time };
      }
    },
  }),
]);
