/** What is done with one catalog of somebody else's: `accept`, `decline` and `drop` differ in one call. */
import { AccountKey, CatalogName } from "@natster/contracts";
import type { CatalogOf } from "@natster/person";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { type Connected, connectAs } from "./connect.ts";
import { accountOf, namesFor } from "./people.ts";
import { ForeignCatalog, written } from "./reference.ts";

interface Deed {
  readonly name: string;
  readonly about: string;
  /** Which command lists what it can be done with. */
  readonly listed: string;
  readonly does: (person: Connected, which: CatalogOf) => Promise<unknown>;
  readonly said: (name: string) => string;
}

/** The command of a deed. */
export const onForeignCatalog = ({ name, about, listed, does, said }: Deed) =>
  defineCommand({
    about,
    arguments: [["<catalog>", `as ${listed} lists it: @alice/photos`]],
    completes: "catalogs",
    examples: [[`natster ${name} @alice/photos`, "Alice's catalog photos"]],
    deed: true,
    input: z.object({ catalog: ForeignCatalog }),
    output: z.strictObject({ name: z.string(), owner: AccountKey, catalog: CatalogName }),
    async run({ input, globals, ui, say }) {
      await using person = await connectAs(globals);
      const { catalog } = input.catalog;
      const owner = await accountOf(person, input.catalog.owner, ui, { next: listed });
      await does(person, { owner, catalog });
      say({ name: written(await (await namesFor(person)).of(owner), catalog), owner, catalog });
    },
    show(done, ui) {
      ui.out(said(done.name));
    },
  });
