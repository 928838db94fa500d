/** What an error of the libraries is to a tab. */
import { errors } from "@nats-io/nats-core";
import { DigestMismatchError, StalledError } from "@natster/files";
import { NoAnswerError, NobodyAnswersError, Refusal } from "@natster/micro/client";
import { AnswerRefusedError, NotAnsweredYetError, UntrustedSignerError } from "@natster/person";
import { EngineError, isCancelled } from "./engine-error.ts";

/** Tells a tab what went wrong, as exactly as it can act on. */
export function explain(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if (isCancelled(error)) return new EngineError("cancelled", "called off");
  if (error instanceof Refusal) return new EngineError("refused", error.message, error.reason);
  if (error instanceof NobodyAnswersError) return new EngineError("nobody", error.message);
  if (error instanceof NoAnswerError || error instanceof StalledError) return new EngineError("silent", error.message);
  if (error instanceof errors.PermissionViolationError) return new EngineError("denied", error.message);
  if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError) {
    return new EngineError("offline", error.message);
  }
  if (error instanceof NotAnsweredYetError) return new EngineError("silent", error.message, "not_answered_yet");
  if (error instanceof AnswerRefusedError) return new EngineError("refused", error.message, "answer_refused");
  if (error instanceof UntrustedSignerError) return new EngineError("refused", error.message, "signer_unbelieved");
  if (error instanceof DigestMismatchError) return new EngineError("refused", error.message, "digest_mismatch");
  return new EngineError("fault", error instanceof Error ? error.message : String(error));
}
