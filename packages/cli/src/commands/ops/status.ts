import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { table } from "../../output/table.ts";
import { connectAs } from "../../system/connect.ts";
import { enforcementOf, whyNotEnforced } from "../../system/enforcement.ts";
import { Standing, standingOf, whyUnknown } from "../../system/ops.ts";

export default defineCommand({
  about:
    "Say how what follows the log stands: how far each projection has read it and what it could not take in, and which reactions wait. It fails where nats-server does not enforce what was decided about accounts, and where something cannot be asked.",
  examples: [["natster ops status", "of every projection and reaction; for administrators"]],
  input: z.object({}),
  output: Standing,
  async run({ globals, say }) {
    await using person = await connectAs(globals);
    const [standing, enforcement] = await Promise.all([standingOf(person), enforcementOf(person, globals.timeout)]);
    say(standing);
    const why = whyNotEnforced(enforcement) ?? whyUnknown(standing);
    if (why) throw new Failure(why.what, why);
  },
  show({ projections, reactions }, ui) {
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
    // Most of the time there is nothing to react to.
    const waiting = reactions.filter(({ behind }) => behind > 0);
    if (waiting.length === 0) return;
    ui.out("");
    table(ui, waiting, [
      { title: "REACTION", text: ({ reaction }) => reaction, flexible: true },
      { title: "BEHIND", text: ({ behind }) => String(behind), align: "right" },
      {
        title: "FAILING",
        text: ({ failing }) => String(failing),
        align: "right",
        format: (text, { failing }) => (failing > 0 ? ui.style("red", text) : text),
      },
      { title: "FOR", text: ({ milliseconds }) => `${Math.round(milliseconds / 1_000)} s`, align: "right" },
      { title: "SERVICE", text: ({ service }) => service, optional: true },
    ]);
  },
});
