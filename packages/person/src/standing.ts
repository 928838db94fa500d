/** How an account stands, asked through the lobby: a device that is let in no more cannot ask in any other way. */
import { accounts } from "@natster/contracts/accounts";
import { client } from "@natster/micro/client";
import { type Key, signRegistration } from "@natster/trust";
import { type Place, visitLobby } from "./place.ts";

/** Whether the platform has an account as open, suspended or closed, or knows nothing of it. The key proves whose it is. */
export const standingOf = (place: Place, account: Key<"account">) =>
  visitLobby(place, (connection) =>
    client(accounts, connection).standing({
      claims: signRegistration(account, {}, Math.floor(Date.now() / 1000)),
    }),
  );
