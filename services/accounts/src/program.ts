/** The accounts service: who exists, and what nats-server is told about them. */
import { AccountKey } from "@natster/contracts";
import { access as bucket, accountEvents, accounts } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { codeEvents } from "@natster/contracts/codes";
import { enrolments } from "@natster/contracts/platform";
import { defineProgram } from "@natster/micro";
import { openEventLog } from "@natster/micro/event-log";
import { projectionOps, statusOf, tellOfParked } from "@natster/micro/ops";
import { type Applied, isApplied, runProjection } from "@natster/micro/projector";
import { runReaction } from "@natster/micro/reaction";
import * as z from "zod";
import { access } from "./access.ts";
import { applied } from "./applied.ts";
import { close } from "./close.ts";
import { device } from "./device.ts";
import { deviceRename } from "./device-rename.ts";
import { enrol } from "./enrol.ts";
import { limit } from "./limit.ts";
import { createReconciler, type Reconciler } from "./reconcile.ts";
import { register } from "./register.ts";
import { rename } from "./rename.ts";
import { openResolver, PushRefusedError } from "./resolver.ts";
import { resume } from "./resume.ts";
import { revoke } from "./revoke.ts";
import { gather } from "./state.ts";
import { watchSigningKey } from "./signing-key.ts";
import { suspend } from "./suspend.ts";

export const program = defineProgram({
  contract: accounts,
  config: z.object({
    /** Path of the file that holds the seed of the operator's signing key. */
    NATSTER_SIGNING_KEY: z.string(),
    NATSTER_PLATFORM: AccountKey,
    /** Who is admitted beyond administrators. */
    NATSTER_REGISTRATION: z.enum(["open", "code", "closed"]).default("code"),
  }),
  async implement({ connection: platform, openStreams, log: logger, config, closing }) {
    const connection = await openStreams();
    const administrators = config.NATSTER_ADMINISTRATORS;
    const policy = { registration: config.NATSTER_REGISTRATION, administrators };
    const log = await openEventLog(connection, accounts);

    const signing = closing.use(watchSigningKey(config.NATSTER_SIGNING_KEY, logger, () => reconcileAll()));
    const reconciler = createReconciler({
      gather: (account) => gather(projection.rows, account, administrators.includes(account)),
      resolver: openResolver(connection),
      signer: () => signing.current,
      platform: config.NATSTER_PLATFORM,
      onFault: (account, err) => logger.error({ err, account }, "cannot push an account, will try again"),
    });
    closing.defer(() => reconciler.flush());
    const projection = closing.use(
      await runProjection(access, {
        connection,
        log: logger,
        afterRows: (events) => enforce(events, reconciler),
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
    closing.use(await runReaction(enrolments, codeEvents, { connection, log: logger }, enrol(log, policy, logger)));
    // Whoever takes over cannot know what was pushed before: nats-server itself is asked.
    await reconcileAll();

    const kept = { [bucket.name]: projection };
    return {
      handlers: {
        register: register(log, policy),
        applied: applied((after) => projection.caughtUp(after), reconciler),
        rename: rename(log),
        device: device(log),
        deviceRename: deviceRename(log),
        revoke: revoke(log),
        close: close(log),
        ...projectionOps({ contract: accounts, connection, log, kept }),
        limit: limit(log),
        suspend: suspend(log),
        resume: resume(log),
      },
      figures: () => statusOf(kept),
    };
  },
});

/**
 * Tells nats-server of every account that a batch of events concerns. A recipient is told at once: what was taken back
 * is gone with its import. The owner's revocation, which holds even against a recipient that kept the grant, follows.
 */
async function enforce(applied: readonly Applied[], reconciler: Reconciler): Promise<void> {
  const accounts = new Set<AccountKey>();
  const owners = new Set<AccountKey>();
  for (const each of applied) {
    if (isApplied(each, accountEvents)) accounts.add(each.id.account);
    else if (isApplied(each, catalogEvents)) accounts.add(each.id.owner);
    else if (isApplied(each, shareEvents)) {
      accounts.add(each.id.recipient);
      if (each.event.type === "unshared") owners.add(each.id.owner);
    }
  }
  await Promise.all(
    [...accounts].map((account) =>
      reconciler.now(account).catch((error: unknown) => {
        // What nats-server will not take of one account must not keep it from hearing of the others.
        if (!(error instanceof PushRefusedError)) throw error;
        reconciler.soon(account);
      }),
    ),
  );
  for (const owner of owners) reconciler.soon(owner);
}
