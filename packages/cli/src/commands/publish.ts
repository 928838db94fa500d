import { CatalogName } from "@natster/contracts";
import { publish } from "@natster/person";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { moment } from "../output/words.ts";
import { connectAs } from "../system/connect.ts";
import { DurationTyped } from "../system/duration.ts";

export default defineCommand({
  about: "Let every account of the system read a catalog, without an invitation.",
  arguments: [["<catalog>", "a catalog of yours"]],
  options: [["-e, --expires <duration>", "end it after a time: 12h, 7d"]],
  completes: "catalogs",
  examples: [["natster publish talks", "natster unpublish takes it back"]],
  deed: true,
  input: z.object({ catalog: CatalogName, expires: DurationTyped.optional() }),
  output: z.strictObject({ catalog: CatalogName, until: z.iso.datetime().optional() }),
  async run({ input: { catalog, expires }, globals, say }) {
    await using person = await connectAs(globals);
    const until = expires === undefined ? undefined : Math.floor(Date.now() / 1_000) + expires;
    const { signer } = await person.signing();
    await publish(person, signer, { catalog, ...(until !== undefined && { until }) });
    say({ catalog, ...(until !== undefined && { until: new Date(until * 1_000).toISOString() }) });
  },
  show({ catalog, until }, ui) {
    ui.out(`everybody here may read ${catalog}${until === undefined ? "" : ` until ${moment(until)}`}`);
  },
});
