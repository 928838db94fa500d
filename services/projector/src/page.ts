/** Pages as they are answered: rows without their keys, and where the next page begins. */
import type { Page } from "@natster/micro/rows";

/** A page of what passes `keep`; it may hold fewer rows than were asked for although more follow. */
export const toPage = <R>(
  { rows, cursor }: Page<R>,
  keep: (row: R) => boolean = () => true,
): { rows: R[]; cursor?: string } => ({
  rows: rows.map(({ row }) => row).filter(keep),
  ...(cursor !== undefined && { cursor }),
});
