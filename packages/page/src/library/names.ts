/**
 * What people are called here. A handle is the platform's word, so it is pinned when it is first seen, like the key of an
 * SSH host: who has another one later is still shown by the first, and a handle that leads to another key is refused,
 * and shown for nobody else.
 */
import type { AccountKey, Handle } from "@natster/contracts";
import { useMemo } from "react";
import { kept } from "../app/kept.ts";
import { useAnswer } from "../app/use-answer.ts";
import type { EngineClient } from "../engine/connect.ts";
import { EngineError } from "../engine/engine-error.ts";
import { shortKey } from "../i18n/format.ts";

/** Every handle that is pinned, and to whom; in the order in which they were seen. */
type Pins = ReadonlyMap<string, AccountKey>;

function pins(): Pins {
  try {
    return readPins(kept.names.get() ?? "{}");
  } catch {
    return new Map();
  }
}

/** Reads `{ handle: account }`, and `{ account: handle }` of older releases; of several accounts, the first has it. */
function readPins(text: string): Pins {
  const read = new Map<string, AccountKey>();
  for (const [one, other] of Object.entries(JSON.parse(text) as Readonly<Record<string, string>>)) {
    const [handle, account] = isKey(one) ? [other, one] : [one, other as AccountKey];
    if (!read.has(handle)) read.set(handle, account);
  }
  return read;
}

/** Pins a handle to an account, unless it is pinned already; the account that it is pinned to. */
function pin(handle: string, account: AccountKey): AccountKey {
  const known = pins();
  const before = known.get(handle);
  if (before !== undefined) return before;
  kept.names.set(JSON.stringify(Object.fromEntries([...known, [handle, account]])));
  return account;
}

/** Pins people whom this person knew elsewhere, by handle. */
export function know(people: Readonly<Record<string, AccountKey>>): void {
  for (const [handle, account] of Object.entries(people)) pin(handle, account);
}

/** Everybody who is pinned, by handle. */
export const pinned = (): Readonly<Record<string, AccountKey>> => Object.fromEntries(pins());

const isKey = (text: string): text is AccountKey => /^A[A-Z2-7]{55}$/.test(text);

/** The account behind a handle, or a key as it is. Throws `EngineError`. */
export async function findPerson(engine: EngineClient, said: string): Promise<AccountKey> {
  const text = said.trim().replace(/^@/, "");
  if (isKey(text)) return text;
  const { account } = await engine.ask("library", "person", { handle: text.toLowerCase() as Handle });
  const before = pin(text.toLowerCase(), account);
  if (before !== account) {
    throw new EngineError("refused", `${text} was ${shortKey(before)} and is ${shortKey(account)} now`, "key_changed");
  }
  return account;
}

/** What an account is called: the first handle that is pinned to it, or the ends of its key. */
export async function nameOf(engine: EngineClient, account: AccountKey): Promise<string> {
  for (const [handle, pinnedTo] of pins()) if (pinnedTo === account) return `@${handle}`;
  try {
    const { handle } = await engine.ask("library", "person", { account });
    return handle !== undefined && pin(handle, account) === account ? `@${handle}` : shortKey(account);
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
