import { hostname } from "node:os";
import { Label, Role } from "@natster/contracts";
import { codeLifetimes, issueDeviceCode, notices, startFulfiller } from "@natster/person";
import * as z from "zod";
import { codesOfContext } from "../context/codes.ts";
import { defineCommand } from "../define.ts";
import { isOnlyHere, onlyHere, Passed, passedOn, showPassed } from "../output/code.ts";
import { askToServe } from "../serving/here.ts";
import { connectAs } from "../system/connect.ts";
import { CodeDurationTyped, DurationTyped } from "../system/duration.ts";

export default defineCommand({
  about:
    "Sign in another device as this account: a browser opens the link or scans the QR code; another machine types natster redeem. The device has a key of its own, and natster devices lists and revokes it.",
  options: [
    ["--role <role>", "browser, owner or server (default: browser)"],
    ["--name <name>", "what the device is called (default: its role)"],
    ["--lasts <duration>", "how long until it has to be renewed; of a browser 30d"],
    ["-e, --expires <duration>", "how long the code can be used (default: 5m)"],
    ["--no-sign", "it may not have shares signed"],
    ["--no-wait", "do not wait until the code is used"],
  ],
  examples: [
    ["natster login", "then scan the QR code with a phone"],
    ["natster login --role owner --name laptop", "then natster redeem CODE on the laptop"],
  ],
  input: z.object({
    role: Role.default("browser"),
    name: Label.min(1).optional(),
    lasts: DurationTyped.optional(),
    expires: CodeDurationTyped.default(codeLifetimes.device),
    sign: z.boolean().default(true),
    wait: z.boolean().default(true),
  }),
  output: z.union([Passed.extend({ onlyHere: z.boolean() }), z.strictObject({ used: z.boolean(), name: z.string() })]),
  documents: "many",
  async run({ input, globals, ui, signal, say }) {
    await using person = await connectAs(globals);
    const { context } = person;
    const account = await person.key();
    const { role, name = role, lasts, expires: expiresIn, sign: maySign } = input;
    const store = codesOfContext(context);
    // Heard before the code is known to anybody, so that nothing is missed.
    const heard = notices(person);
    const code = await issueDeviceCode(
      person,
      { name, role, maySign, expiresIn, ...(lasts !== undefined && { lasts }) },
      store,
    );
    say({ ...passedOn(code, context.page, expiresIn), onlyHere: isOnlyHere(context.page) });
    const serves = await askToServe(person);
    if (!input.wait && serves) return;
    ui.note(
      serves
        ? "waiting until it is used; Ctrl-C ends only the waiting"
        : `${hostname()} answers for as long as this runs`,
    );
    await using _fulfiller = serves ? undefined : await startFulfiller(person, { account, store });
    const timer = setTimeout(() => void person.connection.close(), expiresIn * 1_000);
    signal.addEventListener("abort", () => void person.connection.close(), { once: true });
    for await (const notice of heard) {
      if (notice.kind !== "code" || notice.code !== code.id || notice.event !== "fulfilled") continue;
      clearTimeout(timer);
      say({ used: true, name });
      return;
    }
    signal.throwIfAborted();
    say({ used: false, name });
  },
  show(said, ui) {
    if ("used" in said) {
      const end = said.used ? `${said.name} is signed in; natster devices lists it` : "nobody used the code in time";
      if (!ui.quiet) ui.out(end);
      return;
    }
    const how = said.onlyHere ? "Open this" : "Open this on the other device, or scan it";
    showPassed(ui, `${how}; whoever does so first is signed in as you:`, said);
    if (said.onlyHere) ui.note(onlyHere);
    ui.note("On another machine: natster redeem, and the link or the code.");
  },
});
