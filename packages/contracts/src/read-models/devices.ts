/** Which devices each account has: one row each, until it is revoked. */
import { accountEvents } from "../accounts.ts";
import { devices as bucket } from "../library.ts";
import { defineProjection } from "../projection.ts";

export const devices = defineProjection(bucket, (from) => [
  from(accountEvents, {
    key: ({ account }, { data }) => ("user" in data ? `${account}.${data.user}` : undefined),
    evolve: (row, { type, data, time }) => {
      switch (type) {
        case "device_added": {
          const { issuedAt: _, ...said } = data;
          return { ...said, since: row?.since ?? time, renewed: time };
        }
        case "device_renamed":
          return row && { ...row, name: data.name };
        case "device_revoked":
          return undefined;
        default:
          return row;
      }
    },
  }),
]);
