/** The catalogs that somebody has, and those that are shared with them. */
import { AccountKey, CatalogName, Instant } from "@natster/contracts";
import * as z from "zod";
import { table } from "../output/table.ts";
import type { Ui } from "../output/ui.ts";
import { moment } from "../output/words.ts";
import type { Connected } from "../system/connect.ts";
import { namesFor } from "../system/people.ts";
import { rowsOf } from "../system/pages.ts";
import { written } from "../system/reference.ts";

/** A catalog of yours, or one that was shared with you. */
export const Listed = z.strictObject({
  /** As commands take it. */
  name: z.string(),
  owner: AccountKey,
  catalog: CatalogName,
  mine: z.boolean(),
  /** Offered to you, and not accepted yet. */
  offered: z.boolean(),
  online: z.boolean(),
  description: z.string().optional(),
  since: Instant,
  expires: Instant.optional(),
});
type Listed = z.output<typeof Listed>;

/** All of them: one's own, then what was accepted, then what is offered. */
export async function catalogsOf(person: Connected): Promise<Listed[]> {
  const names = await namesFor(person);
  const found: Listed[] = [];
  for await (const { owner, catalog, online, description, since } of rowsOf(person.library.mine, {})) {
    found.push({
      name: catalog,
      owner,
      catalog,
      mine: true,
      offered: false,
      online,
      since,
      ...(description !== undefined && { description }),
    });
  }
  for (const ask of [person.library.shared, person.library.inbox]) {
    for await (const { owner, catalog, online, state, since, expires } of rowsOf(ask, {})) {
      const name = written(await names.of(owner), catalog);
      const offered = state === "offered";
      found.push({
        name,
        owner,
        catalog,
        mine: false,
        offered,
        online,
        since,
        ...(expires !== undefined && { expires }),
      });
    }
  }
  return found;
}

/** Shows them as a table. */
export function showCatalogs(catalogs: readonly Listed[], ui: Ui): void {
  if (catalogs.length === 0) {
    ui.note("nothing yet; natster share DIR shares a folder of yours");
    return;
  }
  table(ui, catalogs, [
    {
      title: " ",
      text: ({ online }) => (online ? "●" : "○"),
      format: (text, { online }) => ui.style(online ? "green" : "dim", text),
    },
    { title: "CATALOG", text: ({ name }) => name, flexible: true },
    { title: "STATE", text: stateOf },
    { title: "SINCE", text: ({ since }) => moment(since), optional: true },
    { title: "DESCRIPTION", text: ({ description }) => description ?? "", optional: true },
  ]);
  if (catalogs.some(({ offered }) => offered)) ui.note("natster accept NAME takes what is offered");
}

function stateOf({ mine, offered, expires }: Listed): string {
  const state = mine ? "mine" : offered ? "offered" : "shared with me";
  return expires === undefined ? state : `${state} until ${moment(expires)}`;
}
