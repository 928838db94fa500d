/** Signing for an account: what its other devices ask of the process that holds its key. */
import { InstanceId } from "@natster/contracts";
import { grants } from "@natster/contracts/grants";
import { type Logger, serve, type Serving } from "@natster/micro";
import { perMinute } from "@natster/micro/rate";
import type { CodeStore, Person } from "@natster/person";
import type { Key } from "@natster/trust";
import { nuid } from "@nats-io/nats-core";
import { open } from "../open.ts";
import { Sessions } from "../sessions.ts";
import { underSeal } from "../under-seal.ts";
import { keep } from "./keep.ts";
import { renew } from "./renew.ts";
import { sign } from "./sign.ts";

export interface ServeGrantsOptions {
  /** The serving device, connected: of role `server`, and one that its account lets sign. */
  readonly person: Person;
  /** The account's own key. */
  readonly account: Key<"account">;
  /** Where codes are kept that a fulfiller with the same store answers. */
  readonly codes: Pick<CodeStore, "save">;
  readonly log: Logger;
  /** How many things it signs for one device in a minute. */
  readonly perMinute?: number;
}

/** A process that signs; it ends with its connection, or when it is disposed of. */
export interface ServedGrants extends AsyncDisposable {
  readonly instance: InstanceId;
}

/**
 * Signs for the devices of an account until it is disposed of: grants, publications and renewals, each from fields that
 * were checked and in words of its own; never an account JWT, never a device that was not there.
 */
export async function serveGrants(options: ServeGrantsOptions): Promise<ServedGrants> {
  const { person, account, codes } = options;
  const { connection, device } = person;
  const instance = InstanceId.parse(nuid.next());
  const log = options.log.child({ instance });
  const rate = perMinute(options.perMinute ?? 60);
  await using undo = new AsyncDisposableStack();
  const sessions = undo.use(
    new Sessions({
      device,
      instance,
      wanted: { purpose: "sign", owner: account.public },
      welcome: () => ({}),
      publication: () => undefined,
      // Whoever is in a session is looked up each time before anything is signed: it happens rarely, and matters.
      isRevoked: () => false,
    }),
  );
  const signer = { person, account, rate, log };
  const { endpoints } = grants;
  const serving: Serving = await serve(
    grants,
    {
      open: open(endpoints.open, sessions),
      sign: underSeal(endpoints.sign, sessions, log, sign(signer)),
      keep: underSeal(endpoints.keep, sessions, log, keep({ ...signer, codes })),
      renew: renew(signer),
    },
    { connection, log, fixed: { instance }, metadata: { instance }, figures: () => ({ sessions: sessions.size }) },
  );
  undo.defer(() => serving.stop());
  const opened = undo.move();
  return { instance, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
