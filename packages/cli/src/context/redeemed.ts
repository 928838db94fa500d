/** Which codes a context came by something with: a code can be used once, and the same again is no mistake. */
import { join } from "node:path";
import { AccountKey, CatalogName, CodeId } from "@natster/contracts";
import * as z from "zod";
import { readJson, writeJson } from "./files.ts";
import type { Context } from "./context.ts";

/** What a code gave: a catalog, or the context itself. */
const Given = z.strictObject({
  purpose: z.enum(["device", "share", "enrol"]),
  shared: z.strictObject({ owner: AccountKey, catalog: CatalogName }).optional(),
});
export type Given = z.output<typeof Given>;

const fileOf = ({ directory }: Pick<Context, "directory">): string => join(directory, "redeemed.json");

/** What each code gave that this context redeemed. */
export const redeemedBy = async (context: Context): Promise<Partial<Record<CodeId, Given>>> =>
  (await readJson(fileOf(context), z.record(CodeId, Given))) ?? {};

/** Remembers what a code gave. */
export async function rememberRedeemed(context: Context, id: CodeId, given: Given): Promise<void> {
  await writeJson(fileOf(context), { ...(await redeemedBy(context)), [id]: given });
}
