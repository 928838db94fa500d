/** The catalog service: what catalogs exist, and who may read them. */
import { accountEvents } from "@natster/contracts/accounts";
import { catalog, catalogEvents } from "@natster/contracts/catalog";
import { closures, retirements, withdrawals } from "@natster/contracts/platform";
import { defineProgram } from "@natster/micro";
import { openEventLog } from "@natster/micro/event-log";
import { followerOps, statusOf } from "@natster/micro/ops";
import { openRoom } from "@natster/micro/room";
import { runReaction } from "@natster/micro/reaction";
import { runOut } from "@natster/micro/run-out";
import * as z from "zod";
import { create } from "./create.ts";
import { decline } from "./decline.ts";
import { describe } from "./describe.ts";
import { drop } from "./drop.ts";
import { endAccount, endPublicImports, endShares } from "./endings.ts";
import { grantsRunOut, publicationsRunOut } from "./expiry.ts";
import { importShare } from "./import.ts";
import { publish } from "./publish.ts";
import { retire } from "./retire.ts";
import { share } from "./share.ts";
import { unpublish } from "./unpublish.ts";
import { unshare } from "./unshare.ts";

export const program = defineProgram({
  contract: catalog,
  config: z.object({
    /** How many catalogs of its own an account may have, and how many of others; -1 is no limit. */
    NATSTER_MOST_CATALOGS: z.coerce.number().int().min(-1).default(1_000),
    NATSTER_MOST_IMPORTS: z.coerce.number().int().min(-1).default(500),
  }),
  async implement({ openStreams, log: logger, config, closing }) {
    const connection = await openStreams();
    const usual = { catalogs: config.NATSTER_MOST_CATALOGS, imports: config.NATSTER_MOST_IMPORTS };
    const room = await openRoom(connection, config.NATSTER_COMMANDS_PER_MINUTE);
    const log = await openEventLog(connection, catalog, room);
    const how = { connection, log: logger, events: log };
    const reactions = {
      [retirements.name]: closing.use(await runReaction(retirements, catalogEvents, how, endShares(log))),
      [withdrawals.name]: closing.use(await runReaction(withdrawals, catalogEvents, how, endPublicImports(log))),
      ...closing.use(await runOut(publicationsRunOut, how)).reactions,
      ...closing.use(await runOut(grantsRunOut, how)).reactions,
      [closures.name]: closing.use(await runReaction(closures, accountEvents, how, endAccount(log))),
    };
    return {
      handlers: {
        create: create(log, usual),
        describe: describe(log),
        share: share(log),
        unshare: unshare(log),
        import: importShare(log, usual),
        decline: decline(log),
        drop: drop(log),
        publish: publish(log),
        unpublish: unpublish(log),
        retire: retire(log),
        ...followerOps({ reactions }),
      },
      figures: () => statusOf(reactions),
    };
  },
});
