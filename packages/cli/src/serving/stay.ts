/** Serving in the foreground: until somebody interrupts. */
import { createLog } from "@natster/micro";
import type { ServedState } from "@natster/contracts/serving";
import type { Context, Served } from "../context/context.ts";
import { rollingLog } from "./log.ts";
import { Failure } from "../failure.ts";
import { type Agent, startAgent } from "./agent.ts";

/** Starts to serve what a context's list names, and `more`; what is worth a line goes to the context's log. */
export const serveHere = (context: Context, timeout: number, signal: AbortSignal, more: Served = {}): Promise<Agent> =>
  startAgent({ context, timeout, signal, more, log: createLog("natster", "info", rollingLog(context)) });

/** Resolves when somebody interrupts. Throws `Failure` where serving has ended by itself. */
export async function stayUntilInterrupted(agent: Agent, signal: AbortSignal): Promise<void> {
  const interrupted = new Promise<"interrupted">((resolve) => {
    if (signal.aborted) resolve("interrupted");
    signal.addEventListener("abort", () => resolve("interrupted"), { once: true });
  });
  const ended = await Promise.race([interrupted, agent.ended]);
  if (ended !== "interrupted") {
    throw new Failure("the connection has ended: this device is let in no more", {
      cause: ended,
      next: "natster doctor",
    });
  }
}

/** Throws `Failure` where a catalog cannot be served. */
export function checkServed(states: readonly ServedState[], catalog: string): ServedState {
  const state = states.find((each) => each.catalog === catalog);
  if (state && state.reason === undefined) return state;
  throw new Failure(`${catalog} cannot be served`, {
    cause: new Error(state?.reason ?? "the serving process has another list"),
    next: "natster status",
  });
}
