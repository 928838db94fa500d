/** What is looked at before anything is done for a device of the account, each time. */
import type { CatalogName, UnixTime } from "@natster/contracts";
import type { grants } from "@natster/contracts/grants";
import { isRefusal, kitRefusal, type Logger, NoAnswerError, NobodyAnswersError, refuse } from "@natster/micro";
import type { Rate } from "@natster/micro/rate";
import { maySign, type Person } from "@natster/person";
import type { Key } from "@natster/trust";
import type { OpenedSession } from "../sessions.ts";

/** For whom a handler signs, and with what. */
export interface Signer {
  readonly person: Person;
  readonly account: Key<"account">;
  readonly rate: Rate;
  readonly log: Logger;
}

type Endpoints = (typeof grants)["endpoints"];
/** What is refused inside, of whichever verb. */
type Inside = Pick<Endpoints["sign"]["sealed"] | Endpoints["keep"]["sealed"], "errors">;

/** Refuses a device that asks for more than its share, or that its account lets have nothing signed any more. */
export async function admit({ person, rate }: Signer, inside: Inside, { user }: OpenedSession): Promise<void> {
  if (!rate.admits(user)) throw kitRefusal("too_many_requests");
  if (!(await platformSays(maySign(person, user)))) throw refuse(inside, "may_not_sign");
}

/** Refuses what names no catalog of the account's own. */
export async function checkOwn({ person }: Signer, inside: Inside, catalog: CatalogName): Promise<void> {
  const found = person.library.catalog({ owner: person.account, catalog }).catch((error: unknown) => {
    if (isRefusal(error, "catalog_unknown")) return undefined;
    throw error;
  });
  if (!(await platformSays(found))) throw refuse(inside, "catalog_unknown");
}

/** Refuses a time that is over. */
export function checkAhead(inside: Inside, time: UnixTime | undefined): void {
  if (time !== undefined && time <= now()) throw refuse(inside, "time_past");
}

/** Without the platform's answer nothing is signed, and whoever asks may ask again. */
const platformSays = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    const away = error instanceof NobodyAnswersError || error instanceof NoAnswerError || isRefusal(error, "behind");
    throw away ? kitRefusal("unavailable") : error;
  });

export const now = (): UnixTime => Math.floor(Date.now() / 1000);
