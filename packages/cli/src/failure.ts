/** What a command could not do. */

/** The message says what happened and why, `next` what to type. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly next: string | undefined;

  constructor(message: string, { next, cause }: { readonly next?: string; readonly cause?: unknown } = {}) {
    super(message, { cause });
    this.next = next;
  }
}

/** The command cannot be followed as it was typed; exit code 2. */
export class UsageError extends Failure {}

/** An error that nobody expected, and nobody caught: what was being done cannot go on. */
export class Unexpected extends Failure {
  constructor(cause: Error) {
    super("it cannot go on, because of an error that nobody expected", { cause, next: "the same again, with --debug" });
  }
}

/** Somebody pressed Ctrl-C, or asked for the end in another way; exit code 130. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor() {
    super("interrupted");
  }
}
