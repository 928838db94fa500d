/** Whether nats-server enforces what was decided about accounts: what `accounts` says of it, for administrators. */
import type { AccountKey, Sequence } from "@natster/contracts";
import { accounts, Enforcement, Pushing } from "@natster/contracts/accounts";
import { applied, NotAppliedYetError } from "@natster/person";
import type * as z from "zod";
import type { Explained } from "../explained.ts";
import { Failure } from "../failure.ts";
import { look } from "../metrics/look.ts";
import { counted } from "../output/words.ts";
import type { Connected } from "./connect.ts";

/** What every instance of `accounts` that answers says. */
export const enforcementOf = (person: Connected, within: number): Promise<Enforcement[]> =>
  figuresOf(person, within, Enforcement);

/** Of how many accounts nats-server has still to be told, by the instance that knows of most; undefined where none says. */
export async function waitingPushes(person: Connected, within: number): Promise<number | undefined> {
  const said = (await figuresOf(person, within, Pushing)).map((each) => each.waitingPushes);
  return said.length === 0 ? undefined : Math.max(...said);
}

async function figuresOf<T>({ connection }: Connected, within: number, of: z.ZodType<T>): Promise<T[]> {
  const instances = (await look(connection, within)).filter(({ name }) => name === accounts.name);
  return instances.flatMap(({ endpoints }) => endpoints.flatMap(({ data }) => of.safeParse(data?.figures).data ?? []));
}

const again =
  "natster down and natster up, where natster up runs it; else start every nats-server again, with the operator JWT of natster operator renew; see docs/operator.md";

/** What stands in the way of enforcing, and what to do about it; undefined where nothing does. */
export function whyNotEnforced(all: readonly Enforcement[]): Explained | undefined {
  const disbelieved = all.find(({ disbelievedBy }) => disbelievedBy > 0);
  if (disbelieved) {
    const so = disbelieved.enforces ? "the key before it goes on signing" : "nothing new about accounts is enforced";
    const { disbelievedBy: many } = disbelieved;
    const who = `${counted(many, "nats-server")} ${many === 1 ? "does" : "do"} not believe`;
    return { what: `${who} the operator's signing key: ${so}`, next: again };
  }
  const refused = Math.max(0, ...all.map(({ refusedAccounts }) => refusedAccounts));
  if (refused === 0) return undefined;
  return {
    what: `nats-server would not take ${counted(refused, "account")} as the log has them`,
    next: "look for it in the log of the service accounts",
  };
}

/** Waits until what was decided about somebody is enforced. Throws `Failure` where that takes too long. */
export async function enforced({ connection }: Connected, account: AccountKey, after: Sequence): Promise<void> {
  await applied(connection, account, after).catch((cause: unknown) => {
    if (!(cause instanceof NotAppliedYetError)) throw cause;
    throw new Failure("it is recorded, and nats-server does not enforce it yet", { next: "natster ops status" });
  });
}
