/** Whether newcomers are let in, for whoever administers. */
import { setTimeout as sleep } from "node:timers/promises";
import { LobbyShutError, type Place, visitLobby } from "@natster/person";
import type { Context } from "../context/context.ts";
import type { Explained } from "../explained.ts";

/** Longer than `natster up` takes to see that nats-server has lost the lobby's account, and to mend it. Milliseconds. */
const mendsItself = 6_000;

const reload = "have every nats-server read its configuration again: docs/operator.md, Account JWTs are gone";

/** What keeps newcomers out, and what whoever runs the system does about it; undefined where they are let in. */
export async function whyNoNewcomers(
  place: Place,
  { system }: Pick<Context, "system">,
  within = mendsItself,
): Promise<Explained | undefined> {
  for (const until = Date.now() + within; ; await sleep(500)) {
    try {
      await visitLobby(place, (connection) => connection.flush());
      return undefined;
    } catch (error) {
      if (!(error instanceof LobbyShutError)) throw error;
      if (Date.now() >= until) {
        return {
          what: "nats-server lets no newcomer in: it has lost the account by which they come",
          next: system === undefined ? reload : "natster down, natster up",
        };
      }
    }
  }
}
