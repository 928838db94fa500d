/** The codes service: one-time codes, issued, claimed once, and answered once. */
import { codes, codeTries, openCodes } from "@natster/contracts/codes";
import { defineProgram } from "@natster/micro";
import { openEventLog } from "@natster/micro/event-log";
import { followerOps, statusOf } from "@natster/micro/ops";
import { openRoom } from "@natster/micro/room";
import { openRows } from "@natster/micro/rows";
import { runOut } from "@natster/micro/run-out";
import { tell } from "@natster/micro/tell";
import * as z from "zod";
import { cancel } from "./cancel.ts";
import { claim } from "./claim.ts";
import { collect } from "./collect.ts";
import { codesRunOut } from "./expiry.ts";
import { fulfil } from "./fulfil.ts";
import { issue } from "./issue.ts";
import { perMinute } from "@natster/micro/rate";
import { openWrongTries } from "./wrong-tries.ts";

export const program = defineProgram({
  contract: codes,
  config: z.object({
    /** Who is admitted beyond administrators. */
    NATSTER_REGISTRATION: z.enum(["open", "code", "closed"]).default("code"),
    /** How many codes an account may issue in a minute. */
    NATSTER_CODES_PER_MINUTE: z.coerce.number().int().min(1).default(120),
  }),
  async implement({ connection: platform, openStreams, log: logger, config, closing }) {
    const connection = await openStreams();
    const room = await openRoom(connection, config.NATSTER_COMMANDS_PER_MINUTE);
    const log = await openEventLog(connection, codes, room);
    const entries = await openRows(connection, openCodes);
    const wrong = closing.use(
      openWrongTries({
        rows: await openRows(connection, codeTries),
        tell: (issuer, tried) => tell(platform, [issuer], { kind: "tries", ...tried }),
        onFault: (err) => logger.error({ err }, "cannot count a wrong try"),
      }),
    );
    const { reactions } = closing.use(await runOut(codesRunOut(log), { connection, log: logger, events: log }));
    return {
      handlers: {
        issue: issue(log, entries, perMinute(config.NATSTER_CODES_PER_MINUTE)),
        claim: claim(log, entries, wrong, { admitsNewcomers: config.NATSTER_REGISTRATION !== "closed" }),
        fulfil: fulfil(log, entries),
        collect: collect(log, entries),
        cancel: cancel(log, entries),
        ...followerOps({ reactions }),
      },
      figures: () => statusOf(reactions),
    };
  },
});
