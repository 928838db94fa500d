import { OwnCode } from "@natster/contracts/library";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { table } from "../../output/table.ts";
import { fingerprint, moment } from "../../output/words.ts";
import { describeOffer, isOpen } from "../../system/codes.ts";
import { connectAs } from "../../system/connect.ts";
import { rowsOf } from "../../system/pages.ts";

const Listed = OwnCode.pick({
  code: true,
  offer: true,
  state: true,
  audience: true,
  expires: true,
  since: true,
}).extend({
  /** Who claimed it. */
  claimant: z.string().optional(),
  /** How often it was tried wrongly. */
  tries: z.int(),
});

export default defineCommand({
  about:
    "List the links and codes of yours that somebody can still use: what each is for, until when, and how often it was tried wrongly. The part before the first dash names it; the secret is nowhere but with whoever has the link.",
  options: [["--all", "also those that were used, cancelled or have run out"]],
  examples: [
    ["natster codes", "those that are open"],
    ["natster codes --all", "and what became of the others"],
  ],
  input: z.object({ all: z.boolean().default(false) }),
  output: z.strictObject({ codes: z.array(Listed) }),
  async run({ input: { all }, globals, say }) {
    await using person = await connectAs(globals);
    const rows = await Array.fromAsync(rowsOf(person.library.codes, {}));
    const codes = rows
      .filter((row) => all || isOpen(row))
      .toSorted((a, b) => b.since.localeCompare(a.since))
      .map(({ code, offer, state, audience, expires, since, claim, tries }) => ({
        code,
        offer,
        state,
        expires,
        since,
        ...(audience && { audience }),
        ...(claim && { claimant: claim.transcript.account ?? claim.transcript.user }),
        tries: tries?.count ?? 0,
      }));
    say({ codes });
  },
  show({ codes }, ui) {
    table(ui, codes, [
      { title: "CODE", text: ({ code }) => code },
      { title: "FOR", text: ({ offer, audience }) => describeOffer(offer, audience), flexible: true },
      { title: "STATE", text: ({ state, offer }) => (offer.purpose === "enrol" ? enrolStates : states)[state] },
      { title: "UNTIL", text: ({ expires }) => moment(expires), optional: true },
      {
        title: "TRIED",
        text: ({ tries }) => (tries === 0 ? "" : String(tries)),
        align: "right",
        format: (text, { tries }) => (tries > 0 ? ui.style("red", text) : text),
        optional: true,
      },
      { title: "BY", text: ({ claimant = "" }) => claimant && fingerprint(claimant), optional: true },
    ]);
    if (codes.some(isOpen)) ui.note("natster codes cancel CODE withdraws one that is open");
  },
});

const states = {
  issued: "open",
  claimed: "claimed, not answered yet",
  fulfilled: "used",
  cancelled: "cancelled",
  expired: "run out",
} as const;
const enrolStates = { ...states, claimed: "used" } as const;
