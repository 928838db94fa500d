import { ProjectionStatus } from "@natster/contracts/ops";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { table } from "../../output/table.ts";
import { connectAs } from "../../system/connect.ts";
import { enforcementOf, whyNotEnforced } from "../../system/enforcement.ts";
import { keepers } from "../../system/ops.ts";

export default defineCommand({
  about:
    "Say how each projection stands: how far it has read the log, and what it could not take in. It fails where nats-server does not enforce what was decided about accounts.",
  examples: [["natster ops status", "of every projection; for administrators"]],
  input: z.object({}),
  output: z.strictObject({ projections: z.array(ProjectionStatus.extend({ service: z.string() })) }),
  async run({ globals, say }) {
    await using person = await connectAs(globals);
    const answers = Object.entries(keepers(person)).map(async ([service, of]) =>
      (await of.status({})).projections.map((projection) => ({ service, ...projection })),
    );
    const [projections, enforcement] = await Promise.all([
      Promise.all(answers),
      enforcementOf(person, globals.timeout),
    ]);
    say({ projections: projections.flat() });
    const why = whyNotEnforced(enforcement);
    if (why) throw new Failure(why.what, why);
  },
  show({ projections }, ui) {
    table(ui, projections, [
      { title: "PROJECTION", text: ({ projection }) => projection, flexible: true },
      { title: "BEHIND", text: ({ behind }) => String(behind), align: "right" },
      {
        title: "PARKED",
        text: ({ parked }) => String(parked),
        align: "right",
        format: (text, { parked }) => (parked > 0 ? ui.style("red", text) : text),
      },
      { title: "AT", text: ({ sequence }) => String(sequence), align: "right", optional: true },
      {
        title: "PARTS",
        text: ({ parts = [] }) => parts.map(({ behind }) => String(behind)).join(" "),
        optional: true,
      },
      { title: "SERVICE", text: ({ service }) => service, optional: true },
      { title: "SIDE", text: ({ side }) => side, optional: true },
      {
        title: "REBUILT",
        text: ({ rebuilt }) => (rebuilt === undefined ? "" : `${Math.floor(rebuilt * 100)} %`),
        optional: true,
      },
    ]);
  },
});
