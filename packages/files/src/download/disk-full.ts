/** Knows a full disk, whoever says it. */
import { codeOf } from "../index/omission.ts";

/** The reader's disk has no room left. What has arrived stays, and the next run goes on from it. */
export class DiskFullError extends Error {
  override readonly name = "DiskFullError";
}

/** SQLite says it in its own way. */
export const isDiskFull = (error: unknown): boolean =>
  ["ENOSPC", "EDQUOT"].includes(codeOf(error) ?? "") ||
  (error instanceof Error && "errcode" in error && error.errcode === 13);
