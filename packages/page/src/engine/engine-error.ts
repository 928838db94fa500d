/** What went wrong, in the one shape that crosses from the engine to a tab. */

/** Why something did not work, as a reader can be told. */
export type Trouble =
  /** A service said no, for a reason that its contract names. */
  | "refused"
  /** Nobody serves it now, or this account may not reach it. */
  | "nobody"
  /** No answer came in time. */
  | "silent"
  /** There is no connection at the moment. */
  | "offline"
  /** This device may not do that. */
  | "denied"
  /** It was called off. */
  | "cancelled"
  /** Anything else: a fault of ours. */
  | "fault";

export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly trouble: Trouble;
  /** The contract's word for it, where it was refused. */
  readonly reason: string | undefined;

  constructor(trouble: Trouble, message: string, reason?: string) {
    super(message);
    this.trouble = trouble;
    this.reason = reason;
  }
}

/** Whether it was refused since this browser is somebody else's device. */
export const isSomebodyHere = (error: unknown): boolean =>
  error instanceof EngineError && error.reason === "somebody_here";

/** Whether it was called off by whoever asked. */
export const isCancelled = (error: unknown): boolean =>
  (error instanceof EngineError && error.trouble === "cancelled") ||
  (error instanceof DOMException && error.name === "AbortError");
