/** Entering a session: the asking side of the whole exchange, whoever carries the texts. */
import type { InstanceId, SignedText, UnixTime } from "@natster/contracts";
import type { Checked } from "./checked.ts";
import { refused } from "./checked.ts";
import { ReaderSession } from "./session.ts";
import { type AnswerReason, readAnswer } from "./session-answer.ts";
import { createOpeningKey, openSession } from "./session-keys.ts";
import { openHash, type OpenRequest, signOpen } from "./session-open.ts";

/** A session that this side has entered. */
export interface EnteredSession {
  readonly instance: InstanceId;
  readonly expires: UnixTime;
  readonly session: ReaderSession;
  /** What the instance said first. */
  readonly welcome: Uint8Array;
}

/**
 * Opens a session with whoever answers what `ask` sends, and finds that it is the owner's: of role `server`, and for
 * `sign` one that the account key lets sign. Rejects as `ask` does.
 */
export async function enterSession(
  request: Omit<OpenRequest, "key">,
  ask: (open: SignedText) => Promise<SignedText>,
): Promise<Checked<EnteredSession, AnswerReason | "sealed_for_another">> {
  const key = await createOpeningKey();
  const { wanted, now } = request;
  const open = await signOpen({ ...request, key: key.public });
  const hash = openHash(open);
  const answer = readAnswer(await ask(open), { wanted, openHash: hash, now });
  if (answer.refused !== undefined) return answer;
  const opened = await openSession(key, hash, answer).catch(() => undefined);
  if (!opened) return refused("sealed_for_another");
  const { welcome, secrets } = opened;
  const session = new ReaderSession(answer.session, secrets.requests, await secrets.replies(0));
  return { instance: answer.instance, expires: answer.expires, session, welcome };
}
