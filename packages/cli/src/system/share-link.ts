/** Links by which one person gets a catalog. */
import type { AccountKey, CatalogName, CodeId } from "@natster/contracts";
import { codeLifetimes, issueShareCode } from "@natster/person";
import * as z from "zod";
import { codesOfContext } from "../context/codes.ts";
import { isOnlyHere, Passed, passedOn } from "../output/code.ts";
import type { Connected, Signing } from "./connect.ts";

/** A link, and what whoever passes it on has to know. */
export const ShareLink = Passed.extend({
  onlyHere: z.boolean(),
  /** How many links to it that were made here are open, this one among them. */
  open: z.int().optional(),
});
export type ShareLink = z.output<typeof ShareLink>;

/** A link that one person can use, for as long as the share is to last, and a day at the most. */
export async function linkFor(
  person: Connected,
  { codes, here }: Signing,
  catalog: CatalogName,
  ends: { until: number } | false,
  audience: AccountKey | undefined,
): Promise<ShareLink> {
  const { context } = person;
  const left = ends ? ends.until - Math.floor(Date.now() / 1_000) : codeLifetimes.share;
  const expiresIn = Math.min(left, codeLifetimes.share);
  const code = await issueShareCode(person, { catalog, expiresIn, ...ends, ...(audience && { audience }) }, codes);
  return {
    ...passedOn(code, context.page, expiresIn),
    onlyHere: isOnlyHere(context.page),
    ...(here && { open: await openLinks(person, catalog) }),
  };
}

/** How many links to a catalog nobody has used yet, of those that are kept here. */
async function openLinks({ context }: Connected, catalog: CatalogName): Promise<number> {
  const store = codesOfContext(context);
  const open = async (id: CodeId): Promise<boolean> => {
    const record = await store.get(id);
    const leadsThere = record?.gift.purpose === "share" && record.gift.catalog === catalog;
    return leadsThere && record.expires * 1_000 > Date.now() && !(await store.decided(id));
  };
  return (await Promise.all((await store.ids()).map(open))).filter(Boolean).length;
}
