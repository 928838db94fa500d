/** Refusals: the failures that a contract declares, the same value on both sides of the wire. */
import { type Endpoint, kitErrors, type KitReason, type RefusalBody } from "@natster/contracts";

/** An endpoint's expected "no": a reason that the contract (or the kit) declares, with its code and a text for people. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: string;
  readonly code: number;
  /** What exactly is wrong with the request, where it is the request that is wrong. */
  readonly issues: RefusalBody["issues"];
  /** Under which the cause of a fault is in the service's log. */
  readonly errorId: string | undefined;

  constructor(code: number, body: RefusalBody) {
    super(body.message);
    this.code = code;
    this.reason = body.reason;
    this.issues = body.issues;
    this.errorId = body.errorId;
  }

  /** The body that travels. */
  body(): RefusalBody {
    return {
      reason: this.reason,
      message: this.message,
      ...(this.issues && { issues: this.issues }),
      ...(this.errorId !== undefined && { errorId: this.errorId }),
    };
  }
}

/** The refusal of a request by a reason that its endpoint declares. `message` is for people, one line. */
export const refuse = <E extends Pick<Endpoint, "errors">>(
  endpoint: E,
  reason: keyof E["errors"] & string,
  message?: string,
): Refusal => new Refusal(endpoint.errors[reason] ?? 500, { reason, message: message ?? inWords(reason) });

/** The refusal of a request by a reason that the kit declares for every endpoint. */
export const kitRefusal = (reason: KitReason, details: Partial<RefusalBody> = {}): Refusal =>
  new Refusal(kitErrors[reason], { message: inWords(reason), ...details, reason });

/** Whether somebody was refused for this reason. */
export const isRefusal = (error: unknown, reason?: string): error is Refusal =>
  error instanceof Refusal && (reason === undefined || error.reason === reason);

const inWords = (reason: string): string => reason.replaceAll("_", " ");
