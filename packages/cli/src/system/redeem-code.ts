/** Redeeming a link or a code: a device, a share, or an account comes of it, and the context that knows it. */
import type { AccountKey, CatalogName, CodeId, Handle } from "@natster/contracts";
import { isRefusal } from "@natster/micro/client";
import { type CatalogOf, redeem } from "@natster/person";
import { readCode, userOf } from "@natster/trust";
import { claimsHere } from "../context/codes.ts";
import {
  contextFor,
  contextNames,
  currentName,
  keyInWaiting,
  type NewContext,
  openContext,
  useContext,
  writeContext,
} from "../context/context.ts";
import { redeemedBy, rememberRedeemed } from "../context/redeemed.ts";
import type { Globals } from "../define.ts";
import { Failure, UsageError } from "../failure.ts";
import { type Connected, connectAs, deviceName } from "./connect.ts";
import { contextNameFor, contextOn } from "./join.ts";
import { namesFor } from "./people.ts";
import { rowsOf } from "./pages.ts";
import { placeOf } from "./place.ts";
import { written } from "./reference.ts";
import { welcomeAt } from "./welcome.ts";

/** What somebody typed. */
export interface RedeemOptions {
  /** A link, or a code. */
  readonly code: string;
  /** The address of the system's page, where only the code is at hand. */
  readonly server?: string | undefined;
  /** For a new account. */
  readonly handle?: Handle | undefined;
}

/** What came of it. */
export interface RedeemedCode {
  readonly purpose: "device" | "share" | "enrol";
  readonly context: string;
  readonly account: AccountKey;
  /** Whether the account is a new one. */
  readonly joined: boolean;
  /** Whether this machine had used the code before, and has what it gives. */
  readonly again: boolean;
  /** What people call it; nothing where somebody else has the handle that was wanted. */
  readonly handle?: Handle;
  readonly shared?: { readonly name: string; readonly owner: AccountKey; readonly catalog: CatalogName };
}

/** Whether this is a link or a code, and no name of a catalog. */
export const isCode = (typed: string): boolean => /^https?:/.test(typed) || readCode(typed) !== undefined;

/** Redeems a code; the same again goes on where an interruption left off. Throws `Failure`. */
export async function redeemCode(input: RedeemOptions, globals: Globals, signal: AbortSignal): Promise<RedeemedCode> {
  const code = readCode(input.code);
  if (!code)
    throw new UsageError("that is no link and no code: it has a typing error in it, or was cut short", {
      next: "look at it again: E7KQ2M4T-9PZD-WB3E-5HJN, or a link with #code=",
    });
  const before = await whatItGave(code.id, globals);
  if (before) return before;
  const welcome = await welcomeAt(await pageMeant(input, globals.context), globals);
  const { servers, platform, lobby, page, authority } = welcome;
  const place = placeOf(welcome, globals.timeout);
  const have = code.purpose === "share" ? await contextOn(welcome, globals.context) : undefined;
  await using person = have && (await connectAs({ ...globals, context: have.name }));
  const name = have?.name ?? globals.context ?? (await contextNameFor(page));
  if (!have && (await contextNames()).includes(name)) {
    throw new Failure(`there is a context ${name} already`, { next: "the same with --context ANOTHER" });
  }
  signal.throwIfAborted();
  const base = { servers, page, platform, lobby, authority, administrator: false };
  const redeemed = await redeem(place, code, {
    ...(person ? { person } : code.purpose === "device" ? {} : { account: (await keyInWaiting(name)).key }),
    ...(input.handle !== undefined && { handle: input.handle }),
    deviceName: deviceName(),
    claims: claimsHere(),
    async keep(given) {
      if (given.purpose === "device") await keep(name, { ...base, account: given.account, creds: given.creds });
      else if (given.joined) {
        const { account, creds } = given.joined;
        await keep(name, { ...base, account: account.public, creds, accountKey: account });
      }
    },
    within: globals.within(60_000),
  }).catch((error: unknown) => {
    // Which one it is for, only the service knows.
    if (!isRefusal(error, "handle_other")) throw error;
    throw new Failure(error.message, { next: "the same with --handle, and that one" });
  });
  const made = "joined" in redeemed && redeemed.joined;

  await using now = await connectAs({ ...globals, context: name });
  const { administrator, handle } = await now.library.whoami({});
  if (administrator && !now.context.administrator)
    await keep(name, { ...base, account: now.account, administrator, creds: await now.context.creds() });
  const { purpose } = redeemed;
  const shared = redeemed.purpose === "share" ? { owner: redeemed.owner, catalog: redeemed.catalog } : undefined;
  await rememberRedeemed(now.context, code.id, { purpose, ...(shared && { shared }) });
  return {
    purpose,
    context: name,
    account: now.account,
    joined: Boolean(made),
    again: false,
    ...(handle !== undefined && { handle }),
    ...(shared && { shared: await named(now, shared) }),
  };
}

/** What this machine has by a code that it used before; undefined where it did not, or where that was taken back since. */
async function whatItGave(id: CodeId, globals: Globals): Promise<RedeemedCode | undefined> {
  for (const name of await contextNames()) {
    const given = (await redeemedBy(await openContext(name)))[id];
    if (!given) continue;
    await using person = await connectAs({ ...globals, context: name });
    const { handle } = await person.library.whoami({});
    const { purpose, shared } = given;
    const has = ({ owner, catalog }: CatalogOf) => owner === shared?.owner && catalog === shared.catalog;
    if (shared && !(await Array.fromAsync(rowsOf(person.library.shared, {}))).some(has)) return undefined;
    return {
      purpose,
      context: name,
      account: person.account,
      joined: false,
      again: true,
      ...(handle !== undefined && { handle }),
      ...(shared && { shared: await named(person, shared) }),
    };
  }
  return undefined;
}

/** A catalog with its name as it is typed here. */
const named = async (person: Connected, { owner, catalog }: CatalogOf) => ({
  name: written(await (await namesFor(person)).of(owner), catalog),
  owner,
  catalog,
});

/** Where the code is to be redeemed: what its link says, or what was named, or where somebody is already. */
async function pageMeant(
  { code, server }: { code: string; server?: string | undefined },
  named: string | undefined,
): Promise<string> {
  if (server !== undefined) return server;
  if (/^https?:/.test(code.trim())) return code.trim();
  const context = await contextFor(named).catch(() => undefined);
  if (context?.page !== undefined) return context.page;
  throw new UsageError("a code alone does not say where it is from", {
    next: "natster redeem CODE --server URL, or the whole link",
  });
}

async function keep(
  name: string,
  { account, servers, page, platform, lobby, administrator, creds, accountKey, authority }: NewContext,
): Promise<void> {
  if (userOf(creds).account !== account)
    throw new Failure("what came back is of another account", { next: "ask for a new code" });
  await writeContext(name, {
    account,
    servers,
    platform,
    lobby,
    administrator,
    creds,
    authority,
    ...(page !== undefined && { page }),
    ...(accountKey && { accountKey }),
  });
  if ((await currentName()) === undefined) await useContext(name);
}
