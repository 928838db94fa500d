import { AccountKey, CatalogName, Instant } from "@natster/contracts";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { table } from "../../output/table.ts";
import { fingerprint } from "../../output/words.ts";
import { connectAs } from "../../system/connect.ts";
import { namesFor } from "../../system/people.ts";
import { rowsOf } from "../../system/pages.ts";

const Recipient = z.strictObject({
  name: z.string(),
  account: AccountKey,
  accepted: z.boolean(),
  since: Instant,
  expires: Instant.optional(),
});

export default defineCommand({
  about: "List your own catalogs: where each is, whether it is served, and with whom it is shared.",
  examples: [["natster catalog ls", "your catalogs, and who may read them"]],
  input: z.object({}),
  output: z.strictObject({
    catalogs: z.array(
      z.strictObject({
        catalog: CatalogName,
        online: z.boolean(),
        description: z.string().optional(),
        /** The folder, where this machine serves it. */
        root: z.string().optional(),
        since: Instant,
        sharedWith: z.array(Recipient),
      }),
    ),
  }),
  async run({ globals, say }) {
    await using person = await connectAs(globals);
    const names = await namesFor(person);
    const served = await person.context.served();
    const shares = await Array.fromAsync(rowsOf(person.library.shares, {}));
    const recipients = async (catalog: CatalogName) =>
      Promise.all(
        shares
          .filter((share) => share.catalog === catalog)
          .map(async ({ recipient, state, since, expires }) => ({
            name: await names.of(recipient),
            account: recipient,
            accepted: state === "imported",
            since,
            ...(expires !== undefined && { expires }),
          })),
      );
    const mine = await Array.fromAsync(rowsOf(person.library.mine, {}));
    const catalogs = mine.map(async ({ catalog, online, description, since }) => {
      const root = served[catalog]?.root;
      return {
        catalog,
        online,
        since,
        sharedWith: await recipients(catalog),
        ...(description !== undefined && { description }),
        ...(root !== undefined && { root }),
      };
    });
    say({ catalogs: await Promise.all(catalogs) });
  },
  show({ catalogs }, ui) {
    if (catalogs.length === 0) {
      ui.note("you have no catalog yet; natster share DIR makes one");
      return;
    }
    table(ui, catalogs, [
      {
        title: " ",
        text: ({ online }) => (online ? "●" : "○"),
        format: (text, { online }) => ui.style(online ? "green" : "dim", text),
      },
      { title: "CATALOG", text: ({ catalog }) => catalog, flexible: true },
      {
        title: "SHARED WITH",
        text: ({ sharedWith }) => sharedWith.map(shown).join(" "),
      },
      { title: "FOLDER", text: ({ root }) => root ?? "", optional: true },
      { title: "DESCRIPTION", text: ({ description }) => description ?? "", optional: true },
    ]);
    if (catalogs.some(({ sharedWith }) => sharedWith.some(({ accepted }) => !accepted))) {
      ui.note("a question mark: offered, and not accepted yet");
    }
  },
});

/** Whoever has no handle is told apart by the ends of their key. */
const shown = ({ name, account, accepted }: z.output<typeof Recipient>): string =>
  `${name === account ? fingerprint(account) : name}${accepted ? "" : "?"}`;
