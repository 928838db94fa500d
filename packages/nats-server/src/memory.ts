/** How nats-server uses memory, which its runtime reads from its environment. */
import { totalmem } from "node:os";

/**
 * Go's collector lets the heap grow to five times what is in use before it looks, instead of twice, and works harder once
 * the server comes near a quarter of this machine's memory. A message larger than the server's buffers is garbage as soon
 * as it is gone, so that at the usual setting a download made it collect for each few MiB (ADR 61). What is set already
 * stays: `GOGC` and `GOMEMLIMIT`, see https://go.dev/doc/gc-guide.
 */
export const memoryEnvironment = (
  given: NodeJS.ProcessEnv = process.env,
  machine: number = totalmem(),
): NodeJS.ProcessEnv => ({ GOGC: "400", GOMEMLIMIT: String(Math.floor(machine / 4)), ...given });
