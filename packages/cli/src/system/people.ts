/** Who is meant by a handle or a key. */
import { AccountKey, Handle } from "@natster/contracts";
import { isRefusal } from "@natster/micro/client";
import * as z from "zod";
import { Failure } from "../failure.ts";
import { fingerprint } from "../output/words.ts";
import type { Ui } from "../output/ui.ts";
import type { Connected } from "./connect.ts";

/** `@handle`, or an account's key. */
export const PersonTyped = z.string().transform((text, context) => {
  const account = AccountKey.safeParse(text);
  if (account.success) return { account: account.data };
  const named = Handle.safeParse(text.replace(/^@/, ""));
  if (text.startsWith("@") && named.success) return { handle: named.data };
  const meant = named.success ? `; did you mean @${named.data}?` : "";
  context.addIssue(`expected @handle or the key of an account${meant}`);
  return z.NEVER;
});
export type PersonTyped = z.output<typeof PersonTyped>;

/** How it was typed. */
export const called = (typed: PersonTyped): string => ("handle" in typed ? `@${typed.handle}` : typed.account);

/**
 * The account that is meant. A handle is resolved by the platform, so its key is kept on first use, as SSH does with
 * hosts; another key for it later is refused. Throws `Failure`, with `next` to type where nobody has that handle.
 */
export async function accountOf(
  person: Connected,
  typed: PersonTyped,
  ui: Ui,
  { next = "look at how it is written; a link needs no handle: natster share WHAT" } = {},
): Promise<AccountKey> {
  if ("account" in typed) return typed.account;
  const { handle } = typed;
  const pins = await person.context.pins();
  const pinned = pins[handle];
  const { account } = await person.library.person({ handle }).catch((error: unknown) => {
    if (!isRefusal(error, "person_unknown")) throw error;
    // They go by another name by now; it is the key that is known here.
    if (pinned !== undefined) return { account: pinned };
    throw new Failure(`nobody on this system is @${handle}`, { next });
  });
  if (pinned === undefined && account !== person.account) {
    await person.context.writePins({ ...pins, [handle]: account });
    ui.note(`@${handle} is ${fingerprint(account)}; this machine will refuse any other from now on`);
  } else if (pinned !== undefined && pinned !== account) {
    throw new Failure(
      `@${handle} is another account than before: ${fingerprint(account)}, and it was ${fingerprint(pinned)}`,
      { next: `ask them; if it is right: natster forget @${handle}` },
    );
  }
  return account;
}

/** How accounts are called here: by the handle that was pinned, or by the one that the platform says, or by their key. */
export class Names {
  readonly #person: Connected;
  readonly #known: Map<AccountKey, Promise<string>>;

  constructor(person: Connected, pins: Readonly<Record<string, AccountKey>>) {
    this.#person = person;
    this.#known = new Map(
      Object.entries(pins).map(([handle, account]) => [account, Promise.resolve(`@${handle}`)] as const),
    );
  }

  /** How an account is called. */
  of(account: AccountKey): Promise<string> {
    const known = this.#known.get(account);
    if (known) return known;
    const asking = this.#person.library.person({ account }).then(
      ({ handle }) => (handle === undefined ? account : `@${handle}`),
      () => account,
    );
    this.#known.set(account, asking);
    return asking;
  }
}

/** How accounts are called for whoever is connected. */
export const namesFor = async (person: Connected): Promise<Names> => new Names(person, await person.context.pins());
