/** One way of getting a nats-server that did not work, and why. */
export interface Attempt {
  readonly way: string;
  readonly reason: string;
}

/** No nats-server was found, and none could be fetched or built. */
export class NatsServerNotFoundError extends Error {
  override readonly name = "NatsServerNotFoundError";
  readonly tried: readonly Attempt[];

  constructor(tried: readonly Attempt[], fix: string) {
    const list = tried.map(({ way, reason }) => `  - ${way}: ${reason}`).join("\n");
    super(`no nats-server could be found or fetched. Tried:\n${list}\nTo fix it: ${fix}`);
    this.tried = tried;
  }
}

/** NATS_SERVER_BIN names something that cannot be used. It was set on purpose, so nothing else is tried. */
export class NatsServerUnusableError extends Error {
  override readonly name = "NatsServerUnusableError";
  readonly path: string;

  constructor(path: string, reason: string) {
    super(`NATS_SERVER_BIN is set to ${path}, which cannot be used: ${reason}`);
    this.path = path;
  }
}

/** A nats-server did not come up. `log` is the end of what it wrote. */
export class NatsServerStartError extends Error {
  override readonly name = "NatsServerStartError";
  readonly log: string;

  constructor(reason: string, log = "") {
    super(log ? `${reason}. The end of its log:\n${log}` : reason);
    this.log = log;
  }
}

/** What went wrong, in one line: an error that only wraps another ("fetch failed") gives way to its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.message.trim().replaceAll(/\s*\n\s*/g, " / ") || error.name;
}
