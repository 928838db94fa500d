/**
 * What people are called here. A handle is the platform's word, so it is pinned when it is first seen, like the key of an
 * SSH host: who has another one later is still shown by the first, and a handle that leads to another key is refused.
 */
import type { AccountKey, Handle } from "@natster/contracts";
import { useMemo } from "react";
import { kept } from "../app/kept.ts";
import { useAnswer } from "../app/use-answer.ts";
import type { EngineClient } from "../engine/connect.ts";
import { EngineError } from "../engine/engine-error.ts";
import { shortKey } from "../i18n/format.ts";

type Pins = Readonly<Record<string, string>>;

/** The pins, by account. */
function pins(): Pins {
  try {
    return JSON.parse(kept.names.get() ?? "{}") as Pins;
  } catch {
    return {};
  }
}

/** Pins a handle to an account; one that is pinned stays. Pure, but for what is kept. */
function pin(account: string, handle: string): string {
  const known = pins();
  const pinned = known[account];
  if (pinned !== undefined) return pinned;
  kept.names.set(JSON.stringify({ ...known, [account]: handle }));
  return handle;
}

/** Pins people whom this person knew elsewhere, by handle. */
export function know(people: Readonly<Record<string, AccountKey>>): void {
  for (const [handle, account] of Object.entries(people)) pin(account, handle);
}

/** Everybody who is pinned, by handle. */
export const pinned = (): Readonly<Record<string, AccountKey>> =>
  Object.fromEntries(Object.entries(pins()).map(([account, handle]) => [handle, account as AccountKey]));

/** The account behind a handle, or a key as it is. Throws `EngineError`. */
export async function findPerson(engine: EngineClient, said: string): Promise<AccountKey> {
  const text = said.trim().replace(/^@/, "");
  if (/^A[A-Z2-7]{55}$/.test(text)) return text as AccountKey;
  const { account } = await engine.ask("library", "person", { handle: text.toLowerCase() as Handle });
  const before = pinned()[text.toLowerCase()];
  if (before !== undefined && before !== account) {
    throw new EngineError("refused", `${text} was ${shortKey(before)} and is ${shortKey(account)} now`, "key_changed");
  }
  pin(account, text.toLowerCase());
  return account;
}

/** What an account is called: its pinned handle, or the ends of its key. */
export async function nameOf(engine: EngineClient, account: AccountKey): Promise<string> {
  const pinned = pins()[account];
  if (pinned !== undefined) return `@${pinned}`;
  try {
    const { handle } = await engine.ask("library", "person", { account });
    return handle === undefined ? shortKey(account) : `@${pin(account, handle)}`;
  } catch (error) {
    if (error instanceof EngineError) return shortKey(account);
    throw error;
  }
}

/** The names of accounts, as far as they are known yet. */
export function useNames(accounts: readonly AccountKey[]): (account: AccountKey) => string {
  const wanted = useMemo(() => [...new Set(accounts)].toSorted(), [accounts]);
  const [answer] = useAnswer({
    key: wanted.join(),
    ask: async (engine) =>
      new Map(await Promise.all(wanted.map(async (account) => [account, await nameOf(engine, account)] as const))),
  });
  return (account) => (answer.state === "there" ? answer.value.get(account) : undefined) ?? shortKey(account);
}
