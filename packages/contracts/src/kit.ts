/** What the kit itself refuses, on every endpoint of every service. */
export const kitErrors = {
  /** The request is not what the contract says: malformed JSON, a wrong type, an unknown field, an unsafe name. */
  invalid_request: 400,
  /** Only administrators may ask this. */
  not_administrator: 403,
  /** This device of the account may not ask this; another may. */
  wrong_role: 403,
  /** Newcomers may not ask this: register first. */
  not_registered: 403,
  /** Others changed the same thing again and again meanwhile. Ask again. */
  conflict: 409,
  /** The request is larger than the endpoint reads. */
  request_too_large: 413,
  /** The caller asks for more than its share; later, or one after another, it is done. */
  too_many_requests: 429,
  /** The log is nearly full: only what takes something back is recorded, until its operator gives it more room. */
  log_full: 507,
  /** A fault; the cause is in the service's log under the `errorId` of the reply. */
  internal: 500,
  /** An event that this stands on cannot be read, as one of a newer version: nothing is decided about it until it can. */
  unreadable: 500,
  /** The service is stopping, or what it depends on cannot be reached. Ask again. */
  unavailable: 503,
} as const;

export type KitReason = keyof typeof kitErrors;

/** The body of a refusal; code and message are in the headers too, as ADR-32 of NATS has it. */
export interface RefusalBody {
  readonly reason: string;
  readonly message: string;
  /** What exactly is wrong with the request. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
  /** Under which the cause of a fault is in the log. */
  readonly errorId?: string;
}
