/** The catalog service: what catalogs exist, and who may read them. */
import { catalog } from "@natster/contracts/catalog";
import { defineProgram } from "@natster/micro";
import { openEventLog } from "@natster/micro/event-log";
import * as z from "zod";
import { create } from "./create.ts";
import { decline } from "./decline.ts";
import { describe } from "./describe.ts";
import { drop } from "./drop.ts";
import { importShare } from "./import.ts";
import { share } from "./share.ts";
import { unshare } from "./unshare.ts";

export const program = defineProgram({
  contract: catalog,
  config: z.object({}),
  async implement({ connection }) {
    const log = await openEventLog(connection, catalog);
    return {
      handlers: {
        create: create(log),
        describe: describe(log),
        share: share(log),
        unshare: unshare(log),
        import: importShare(log),
        decline: decline(log),
        drop: drop(log),
      },
    };
  },
});
