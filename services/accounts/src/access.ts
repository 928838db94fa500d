/** The access projection's rows: what each account JWT is rendered from. */
import { access as bucket, accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { defineProjection } from "@natster/micro/projection";

export const access = defineProjection(bucket, (from) => [
  from(accountEvents, {
    key: ({ account }, { type }) => (type.startsWith("device_") ? undefined : `account.${account}`),
    evolve: (row, { type, data }) => {
      const so = row?.kind === "account" ? row : { kind: "account" as const, status: "open" as const };
      switch (type) {
        case "registered":
        case "renamed":
          return { ...so, ...(data.handle && { handle: data.handle }) };
        case "limited":
          return { ...so, limits: data.limits };
        case "suspended":
          return { ...so, status: "suspended" };
        case "resumed":
          return { ...so, status: "open" };
        case "closed":
          return { kind: "account", status: "closed" };
        default:
          return so;
      }
    },
  }),
  from(accountEvents, {
    key: ({ account }, { type, data }) => (type === "device_revoked" ? `device.${account}.${data.user}` : undefined),
    evolve: (row, { type, data }) => {
      if (type !== "device_revoked") return row;
      // It stays when the device gets a newer JWT: the older ones are void for good.
      const until = row?.kind === "device" ? Math.max(row.until, data.until) : data.until;
      return { kind: "device", user: data.user, until };
    },
  }),
  from(catalogEvents, {
    key: ({ owner, catalog }, { type }) => (type === "described" ? undefined : `export.${owner}.${catalog}`),
    evolve: (row, { type, time }, { catalog }) => {
      const so = row?.kind === "export" ? row : { kind: "export" as const, catalog };
      const { public: _, ...closed } = so;
      const { retired: __, ...made } = closed;
      switch (type) {
        case "created":
          return made;
        case "retired":
          return { ...closed, retired: true, voidUntil: Math.floor(Date.parse(time) / 1000) };
        case "published":
          return { ...so, public: true };
        case "unpublished":
          return closed;
        case "described":
          return so;
      }
    },
  }),
  from(shareEvents, {
    key: ({ owner, catalog, recipient }) => `import.${recipient}.${owner}.${catalog}`,
    evolve: (row, { type, data }, { owner, catalog }) => {
      const held = row?.kind === "import" ? row : undefined;
      switch (type) {
        case "shared":
          return { kind: "import", owner, catalog, grant: data.grant, accepted: held?.accepted ?? false };
        case "imported":
          if (data.public) return { kind: "import", owner, catalog, accepted: true };
          return held && { ...held, accepted: true };
        case "unshared":
        case "declined":
        case "dropped":
          return undefined;
      }
    },
  }),
  from(shareEvents, {
    key: ({ owner, catalog, recipient }) => `revoked.${owner}.${catalog}.${recipient}`,
    evolve: (row, { type, data, time }, { catalog, recipient }) => {
      const so = row?.kind === "revoked" ? row : { kind: "revoked" as const, catalog, recipient, lastGrant: 0 };
      switch (type) {
        case "shared":
          return { ...so, lastGrant: Math.max(so.lastGrant, data.issuedAt) };
        case "unshared":
          // A grant may be dated later than the moment at which it is taken back.
          return { ...so, until: Math.max(so.lastGrant, Math.floor(Date.parse(time) / 1000)) };
        default:
          return so;
      }
    },
  }),
]);
