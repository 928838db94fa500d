/** The projector: it keeps every read model, and answers questions about them. */
import { codeTries } from "@natster/contracts/codes";
import { presence as presenceBucket, projector } from "@natster/contracts/library";
import { silences } from "@natster/contracts/platform";
import { defineProgram } from "@natster/micro";
import { runExpiries } from "@natster/micro/expiries";
import { openEventLog } from "@natster/micro/event-log";
import { projectionOps, statusOf } from "@natster/micro/ops";
import { openRoom } from "@natster/micro/room";
import { openRows } from "@natster/micro/rows";
import * as z from "zod";
import { announce } from "./announce.ts";
import { beat } from "./beat.ts";
import { community } from "./community.ts";
import { inbox } from "./inbox.ts";
import { openLibrary } from "./library.ts";
import { mine } from "./mine.ts";
import { oneCatalog } from "./one-catalog.ts";
import { outgoing } from "./outgoing.ts";
import { ownCodes } from "./own-codes.ts";
import { ownDevices } from "./own-devices.ts";
import { openPresence } from "./presence.ts";
import { person } from "./person.ts";
import { shared } from "./shared.ts";
import { trail } from "./trail.ts";
import { whoami } from "./whoami.ts";

export const program = defineProgram({
  contract: projector,
  config: z.object({
    /** For how many seconds a file-server counts as there after its last beat: three times what lies between two. */
    NATSTER_PRESENCE_SECONDS: z.coerce.number().int().min(1).default(30),
    /** In how many parts the log is projected: as many instances can write at once. The bootstrap makes what they need. */
    NATSTER_PARTITIONS: z.coerce.number().int().min(1).max(16).default(1),
  }),
  async implement({ connection: platform, openStreams, log, config, closing }) {
    const connection = await openStreams();
    const library = await openLibrary(
      { connection, platform, log, partitions: config.NATSTER_PARTITIONS },
      config.NATSTER_ADMINISTRATORS,
      closing,
    );
    const room = await openRoom(connection, config.NATSTER_COMMANDS_PER_MINUTE);
    const decisions = await openEventLog(connection, projector, room);
    const presence = openPresence({
      rows: await openRows(connection, presenceBucket),
      seconds: config.NATSTER_PRESENCE_SECONDS,
      announce: announce(platform, library),
    });
    const silenced = closing.use(await runExpiries(silences, { connection, log }, (key) => presence.silence(key)));
    const reactions = { [silences.name]: silenced };
    return {
      handlers: {
        ...projectionOps({ contract: projector, connection, log: decisions, kept: library, reactions }),
        whoami: whoami(library, decisions),
        person: person(library),
        devices: ownDevices(library),
        mine: mine(library, presence),
        shared: shared(library, presence),
        inbox: inbox(library, presence),
        shares: outgoing(library),
        catalog: oneCatalog(library, presence),
        codes: ownCodes(library, await openRows(connection, codeTries)),
        activity: trail(library),
        stats: community(library),
        beat: beat(library, presence),
      },
      figures: async () => ({ ...(await statusOf(library)), ...(await statusOf(reactions)) }),
    };
  },
});
