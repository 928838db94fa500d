/** Answering under seal: what is asked and what is answered is seen by the two ends of a session, and by nobody else. */
import { type Inside, kitErrors, type SealedEndpoint } from "@natster/contracts";
import { type Call, type Logger, Refusal, refuse } from "@natster/micro";
import { decode, encode } from "@natster/micro/codec";
import { SealBrokenError } from "@natster/trust";
import type * as z from "zod";
import type { OpenedSession, Sessions } from "./sessions.ts";

/** What is asked inside of a session. */
export interface InnerCall<I extends Inside> {
  readonly request: z.infer<I["request"]>;
  readonly session: OpenedSession;
  /** Has somebody told when the answer is about to be given to the connection; without it where there is none. */
  readonly onAnswer: (tell: (frame?: Uint8Array) => void) => void;
}

/** Answers what is asked inside: returns the reply, or throws a refusal that the contract declares inside. */
export type InnerHandler<E extends SealedEndpoint> = (
  call: InnerCall<E["sealed"]>,
) => z.infer<E["sealed"]["reply"]> | Promise<z.infer<E["sealed"]["reply"]>>;

/**
 * Makes the handler of a sealed endpoint. Outside it refuses only what names no session, was not sealed under one, or is
 * more than may be asked at once; everything else that it says is sealed, refusals too.
 */
export function underSeal<E extends SealedEndpoint>(
  endpoint: E,
  sessions: Sessions,
  log: Logger,
  handler: InnerHandler<E>,
): (call: Pick<Call<SealedEndpoint>, "request">) => Promise<Uint8Array> {
  const verb = endpoint.subject.slice(endpoint.subject.lastIndexOf(".") + 1);
  const gone = { errors: { session_unknown: 410, seal_broken: 400 } } as const;
  const inside: Inside = endpoint.sealed;

  /** What is said inside, and whether it is a refusal. */
  const answer = async (
    session: OpenedSession,
    body: Uint8Array,
    onAnswer: InnerCall<Inside>["onAnswer"],
  ): Promise<[body: Uint8Array, refused: boolean]> => {
    try {
      const request = decode(inside.request, body);
      if (!request.success)
        throw new Refusal(kitErrors.invalid_request, { reason: "invalid_request", message: "invalid request" });
      const reply = inside.reply.safeParse(
        await handler({ request: request.data as z.infer<E["sealed"]["request"]>, session, onAnswer }),
      );
      if (!reply.success) throw new Error("the reply is against the contract", { cause: reply.error });
      return [encode(inside.reply, reply.data), false];
    } catch (error) {
      const known = error instanceof Refusal && { ...inside.errors, ...kitErrors }[error.reason] === error.code;
      // Whoever asked is gone, and nothing is told.
      if (!known && !session.ended.aborted) log.error({ err: error, endpoint: verb }, "fault");
      const told = known ? error : new Refusal(kitErrors.internal, { reason: "internal", message: "it failed" });
      return [new TextEncoder().encode(JSON.stringify({ reason: told.reason, message: told.message })), true];
    }
  };

  return async ({ request: frame }) => {
    const bytes = frame as Uint8Array;
    const found = sessions.find(bytes);
    if (!found) throw refuse(gone, "session_unknown");
    // Before anything is done for it.
    using _counted = sessions.underWay.enter(found);
    const request = await found.session.request(verb, bytes).catch((error: unknown) => {
      throw error instanceof SealBrokenError ? refuse(gone, "seal_broken") : error;
    });
    sessions.used(found);
    const listeners: ((frame?: Uint8Array) => void)[] = [];
    let sealed: Uint8Array | undefined;
    try {
      const [body, refused] = await answer(found, request.body, (tell) => listeners.push(tell));
      // It may have ended while the answer was made, and nothing is said in it after that.
      if (found.ended.aborted) throw refuse(gone, "session_unknown");
      sealed = await found.session.reply(request, body, refused);
      return sealed;
    } finally {
      for (const tell of listeners) tell(sealed);
    }
  };
}
