/** What a command that goes on waits for while it is cut off. */
import { isRefusal, isShut, type Person } from "@natster/person";
import type { Ui } from "../output/ui.ts";

const away = "nats-server is away; waiting until it is back";
const refused = "nats-server does not let this device in for now; waiting until it does";
const shut =
  "this account may have no connection for now: it is suspended, or all that it may have are in use; waiting";

/** How long nothing is said: a connection is lost for a moment now and then. Milliseconds. */
const patience = 3_000;

/** Says what is waited for once it has been waited for a while, and when it is over; until the connection is closed. */
export async function tellOfWaiting({ connection }: Pick<Person, "connection">, ui: Ui): Promise<void> {
  let since: number | undefined;
  let why = away;
  let said: string | undefined;
  for await (const status of connection.status()) {
    switch (status.type) {
      case "reconnect":
        if (said !== undefined) ui.note("connected again");
        [since, why, said] = [undefined, away, undefined];
        break;
      case "error":
        if (isShut(status.error)) why = shut;
        else if (isRefusal(status.error)) why = refused;
        break;
      case "disconnect":
      case "reconnecting":
        since ??= Date.now();
        if (Date.now() - since < patience || why === said) break;
        ui.note((said = why));
        break;
    }
  }
}
