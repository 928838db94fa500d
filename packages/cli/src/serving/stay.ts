/** Serving in the foreground: until somebody interrupts. */
import { createLog } from "@natster/micro";
import type { Person } from "@natster/person";
import type { ServedState } from "@natster/contracts/serving";
import type { Served } from "../context/context.ts";
import type { Globals } from "../define.ts";
import { Failure } from "../failure.ts";
import type { Ui } from "../output/ui.ts";
import type { Connected } from "../system/connect.ts";
import { tellOfWaiting } from "../system/waiting.ts";
import type { Agent } from "./agent.ts";
import { startServing } from "./device.ts";
import { rollingLog } from "./log.ts";

/** Starts to serve what the context's list names, and `more`, at so many bytes a second at the most; what is worth a line goes to the context's log. */
export const serveHere = (
  person: Connected,
  { timeout }: Globals,
  { signal, ui }: { readonly signal: AbortSignal; readonly ui: Ui },
  { more = {}, limit }: { readonly more?: Served; readonly limit?: number | undefined } = {},
): Promise<Agent> => {
  const log = createLog("natster", "info", rollingLog(person.context));
  const connected = (device: Person) => void tellOfWaiting(device, ui);
  return startServing(person, { timeout, signal, more, limit, log, connected }, (what) => ui.note(what));
};

/** Resolves when somebody interrupts. Throws `Failure` where serving has ended by itself. */
export async function stayUntilInterrupted(agent: Agent, signal: AbortSignal): Promise<void> {
  const interrupted = new Promise<"interrupted">((resolve) => {
    if (signal.aborted) resolve("interrupted");
    signal.addEventListener("abort", () => resolve("interrupted"), { once: true });
  });
  const ended = await Promise.race([interrupted, agent.ended]);
  if (ended !== "interrupted") throw ended ?? new Failure("the connection has ended", { next: "natster doctor" });
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
