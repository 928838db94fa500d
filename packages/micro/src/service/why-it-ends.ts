/** What a process says of an error that ended it. */
import { ConfigError } from "./config.ts";
import { createLog } from "./log.ts";
import { endAnyway } from "./unexpected.ts";

/**
 * Says why a program ends that threw this: what its operator has to mend, a `ConfigError` or another of these kinds, is one
 * line on standard error, and exit 2; all else is named in the log, and exit 1.
 */
export function sayWhyItEnds(
  name: string,
  thrown: unknown,
  toMend: readonly (abstract new (...args: never[]) => Error)[] = [],
): void {
  if (thrown instanceof Error && [ConfigError, ...toMend].some((kind) => thrown instanceof kind)) {
    process.stderr.write(`${name}: ${thrown.message}\n`);
    process.exitCode = 2;
  } else {
    createLog(name).fatal({ err: thrown }, "cannot go on");
    process.exitCode = 1;
    endAnyway();
  }
}
