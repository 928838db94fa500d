/** Who hears that a catalog came or went: its owner, and those who have accepted it. */
import type { Presence as Seen } from "@natster/contracts/library";
import { tell } from "@natster/micro/tell";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Library } from "./library.ts";
import type { CatalogId } from "./presence.ts";

export const announce =
  (platform: NatsConnection, { shares }: Library) =>
  async ({ owner, catalog }: CatalogId, seen: Seen): Promise<void> => {
    const notice = { kind: "presence", owner, catalog, ...seen } as const;
    tell(platform, [owner], notice);
    for await (const { row } of shares.rows.scan(`out.${owner}.${catalog}.*`)) {
      if (row?.state === "imported") tell(platform, [row.recipient], notice);
    }
  };
