/** What single files were fetched to where: by it, what somebody changed here is told from what has become old. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { AccountKey, CatalogName, Digest } from "@natster/contracts";
import * as z from "zod";
import { readJson, writeJson } from "../context/files.ts";
import { fetchedFolder } from "../context/paths.ts";

const Fetched = z.strictObject({
  /** Where it is on this machine. */
  target: z.string(),
  owner: AccountKey,
  catalog: CatalogName,
  path: z.string(),
  digest: Digest,
  /** What it looked like when it had come. */
  fingerprint: z.string(),
});
export type Fetched = z.output<typeof Fetched>;

const fileOf = (target: string): string =>
  join(fetchedFolder(), `${createHash("sha256").update(target).digest("hex").slice(0, 32)}.json`);

/** What was last fetched to this place; undefined where nothing was. */
export const fetchedTo = (target: string): Promise<Fetched | undefined> => readJson(fileOf(target), Fetched);

/** Remembers what was fetched. */
export const rememberFetched = (fetched: Fetched): Promise<void> => writeJson(fileOf(fetched.target), fetched);
