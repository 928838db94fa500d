/** The projector: it keeps every read model, and answers questions about them. */
import { projector } from "@natster/contracts/library";
import { defineProgram } from "@natster/micro";
import { type Applied, runProjection } from "@natster/micro/projector";
import * as z from "zod";
import { catalogs } from "./catalogs.ts";
import { publishNotices } from "./feed.ts";
import { inbox } from "./inbox.ts";
import type { Library } from "./library.ts";
import { mine } from "./mine.ts";
import { outgoing } from "./outgoing.ts";
import { people } from "./people.ts";
import { person } from "./person.ts";
import { shared } from "./shared.ts";
import { shares } from "./shares.ts";
import { whoami } from "./whoami.ts";

export const program = defineProgram({
  contract: projector,
  config: z.object({}),
  async implement({ connection, log, closing }) {
    const afterRows = (applied: readonly Applied[]) => Promise.resolve(publishNotices(connection, applied));
    const options = { connection, log, afterRows };
    const library: Library = {
      people: closing.use(await runProjection(people, options)),
      catalogs: closing.use(await runProjection(catalogs, options)),
      shares: closing.use(await runProjection(shares, options)),
    };
    return {
      handlers: {
        whoami: whoami(library),
        person: person(library),
        mine: mine(library),
        shared: shared(library),
        inbox: inbox(library),
        shares: outgoing(library),
      },
      figures: () => Object.fromEntries(Object.entries(library).map(([name, { lag }]) => [name, lag])),
    };
  },
});
