/** Keeps the folders of whoever runs a system served for as long as it runs. */
import { Restarts } from "@natster/standalone/restarts";
import type { Agent } from "../serving/agent.ts";

/** What serves, and goes on serving. */
export interface Kept extends AsyncDisposable {
  states: Agent["states"];
  /** Resolves where it cannot be brought back. */
  readonly failed: Promise<Error>;
}

/** Starts a serving process, and another one whenever its connection has ended for good; `tell` is told of each. */
export async function keepServing(start: () => Promise<Agent>, tell: (what: string) => void): Promise<Kept> {
  let agent = await start();
  let stopped = false;
  const restarts = new Restarts();
  const keep = async (): Promise<Error> => {
    for (;;) {
      const reason = await agent.ended;
      if (stopped) return new Promise(() => {});
      const why = `what serves your folders has lost its connection for good (${reason?.message ?? "it was closed"})`;
      if (restarts.areTooMany()) return new Error(`${why}, again and again`);
      tell(`${why}; it is started again`);
      try {
        await agent[Symbol.asyncDispose]();
        agent = await start();
      } catch (cause) {
        return new Error(`${why}, and cannot be started again`, { cause });
      }
    }
  };
  return {
    states: () => agent.states(),
    failed: keep(),
    async [Symbol.asyncDispose]() {
      stopped = true;
      await agent[Symbol.asyncDispose]();
    },
  };
}
