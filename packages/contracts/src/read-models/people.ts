/** Who exists: by account, and by handle. */
import { accountEvents, handleEvents } from "../accounts.ts";
import { people as bucket } from "../library.ts";
import { defineProjection } from "../projection.ts";

export const people = defineProjection(bucket, (from) => [
  from(accountEvents, {
    key: ({ account }) => `account.${account}`,
    evolve: (row, { type, data, time }, { account }) => {
      switch (type) {
        case "registered":
          return { account, ...(data.handle && { handle: data.handle }), since: time };
        case "renamed":
          return row && { ...row, handle: data.handle };
        case "closed":
          return undefined;
        default:
          return row;
      }
    },
  }),
  from(handleEvents, {
    key: ({ handle }) => `handle.${handle}`,
    evolve: (_row, { type, data, time }, { handle }) =>
      type === "claimed" ? { account: data.account, handle, since: time } : undefined,
  }),
]);
