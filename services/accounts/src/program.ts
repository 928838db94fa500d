/** The accounts service: who exists, and what nats-server is told about them. */
import { AccountKey } from "@natster/contracts";
import { access as bucket, accounts, type Enforcement, type Pushing } from "@natster/contracts/accounts";
import { codeEvents } from "@natster/contracts/codes";
import { enrolments } from "@natster/contracts/platform";
import { defineProgram } from "@natster/micro";
import { believed } from "@natster/micro/believed";
import { openEventLog } from "@natster/micro/event-log";
import { openRoom } from "@natster/micro/room";
import { projectionOps, statusOf, tellOfParked } from "@natster/micro/ops";
import { runProjection } from "@natster/micro/projector";
import { runReaction } from "@natster/micro/reaction";
import * as z from "zod";
import { access } from "./access.ts";
import { applied } from "./applied.ts";
import { close } from "./close.ts";
import { device } from "./device.ts";
import { deviceRename } from "./device-rename.ts";
import { reconcileInDoubt } from "./doubt.ts";
import { enforce } from "./enforce.ts";
import { enrol } from "./enrol.ts";
import { limit } from "./limit.ts";
import { createReconciler } from "./reconcile.ts";
import { register } from "./register.ts";
import { rename } from "./rename.ts";
import { openResolver } from "./resolver.ts";
import { resume } from "./resume.ts";
import { revoke } from "./revoke.ts";
import { watchServers } from "./servers.ts";
import { gather } from "./state.ts";
import { watchSigningKey } from "./signing-key.ts";
import { standing } from "./standing.ts";
import { suspend } from "./suspend.ts";

export const program = defineProgram({
  contract: accounts,
  config: z.object({
    /** Path of the file that holds the seed of the operator's signing key. */
    NATSTER_SIGNING_KEY: z.string(),
    NATSTER_PLATFORM: AccountKey,
    /** How much an account may use where nothing else was said of it; -1 is no limit. */
    NATSTER_CONNECTIONS: z.coerce.number().int().min(-1).optional(),
    NATSTER_SUBSCRIPTIONS: z.coerce.number().int().min(-1).optional(),
    NATSTER_PAYLOAD: z.coerce.number().int().min(-1).optional(),
    /** Who is admitted beyond administrators. */
    NATSTER_REGISTRATION: z.enum(["open", "code", "closed"]).default("code"),
  }),
  async implement({ connection: platform, openStreams, log: logger, config, closing }) {
    const connection = await openStreams();
    const administrators = config.NATSTER_ADMINISTRATORS;
    const policy = { registration: config.NATSTER_REGISTRATION, administrators };
    const usual = {
      conn: config.NATSTER_CONNECTIONS,
      subs: config.NATSTER_SUBSCRIPTIONS,
      payload: config.NATSTER_PAYLOAD,
    };
    const room = await openRoom(connection, config.NATSTER_COMMANDS_PER_MINUTE);
    const log = await openEventLog(connection, accounts, room);

    const signing = closing.use(
      await watchSigningKey({
        path: config.NATSTER_SIGNING_KEY,
        believed: (key) => believed(connection, key),
        onChange: () => reconcileAll(),
        log: logger,
      }),
    );
    const reconciler = createReconciler({
      gather: (account) => gather(projection, account, administrators.includes(account), usual),
      resolver: openResolver(connection),
      signer: () => signing.current,
      platform: config.NATSTER_PLATFORM,
      onFault: (account, err) => logger.error({ err, account }, "cannot push an account, will try again"),
      onRefused: (account, { owner, catalog }, reason) =>
        logger.error({ account, owner, catalog, reason }, "nats-server refuses an import, the rest is pushed"),
    });
    closing.defer(() => reconciler.flush());
    const projection = closing.use(
      await runProjection(access, {
        connection,
        log: logger,
        afterRows: (events, aside) => enforce(events, aside, reconciler),
        whenParked: tellOfParked(platform, administrators, bucket.name),
        // Other rows may say something else of anybody.
        afterSwitch: () => reconcileAll(),
      }),
    );
    const reconcileAll = async () => {
      for await (const { key } of projection.rows.scan("account.*")) {
        reconciler.soon(AccountKey.parse(key.slice("account.".length)));
      }
    };
    const enrolling = closing.use(
      await runReaction(enrolments, codeEvents, { connection, log: logger }, enrol(log, policy, logger)),
    );
    // Whoever starts cannot know what was pushed before: nats-server itself is asked.
    await reconcileAll();
    closing.use(reconcileInDoubt({ connection, projection, reconcileAll, log: logger }));
    const servers = closing.use(watchServers(connection));

    const kept = { [bucket.name]: projection };
    const reactions = { [enrolments.name]: enrolling };
    return {
      handlers: {
        register: register(log, policy),
        standing: standing(log),
        applied: applied((after) => projection.caughtUp(after), reconciler),
        rename: rename(log),
        device: device(log),
        deviceRename: deviceRename(log),
        revoke: revoke(log),
        close: close(log),
        ...projectionOps({ contract: accounts, connection, log, kept, reactions }),
        limit: limit(log),
        suspend: suspend(log),
        resume: resume(log),
      },
      figures: async () => ({
        ...(await statusOf(kept)),
        ...(await statusOf(reactions)),
        ...({
          enforces: signing.current !== undefined,
          disbelievedBy: signing.disbelieved,
          refusedAccounts: reconciler.refusedAccounts,
        } satisfies Enforcement),
        refusedImports: reconciler.refused,
        ...({ waitingPushes: reconciler.waiting } satisfies Pushing),
        // Where the streams cannot be reached, all else is told.
        logFill: await room.fill().catch(() => undefined),
        ...servers.figures,
      }),
    };
  },
});
