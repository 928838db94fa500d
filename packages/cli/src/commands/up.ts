import { resolve } from "node:path";
import { AccountKey, Handle } from "@natster/contracts";
import * as z from "zod";
import { ContextName } from "../context/context.ts";
import { systemDirectory } from "../context/paths.ts";
import { type Call, defineCommand } from "../define.ts";
import { UsageError } from "../failure.ts";
import { showDoing } from "../output/progress.ts";
import { counted } from "../output/words.ts";
import { isInBackground, startInBackground } from "../up/background.ts";
import { isOnlyHere, onlyHere, Passed, showPassed } from "../output/code.ts";
import { limitRate, RateTyped } from "../rate.ts";
import { PathTyped } from "../typed.ts";

const Input = z.object({
  dir: PathTyped.optional(),
  listen: z
    .string()
    .refine((text) => Number(/:(\d+)$/.exec(text)?.[1] ?? 0) < 65_536, "there is no such port")
    .optional(),
  publicUrl: z.url({ protocol: /^https?$/, error: "expected an http or https URL" }).optional(),
  tlsCert: PathTyped.optional(),
  tlsKey: PathTyped.optional(),
  registration: z.enum(["open", "code", "closed"], "expected open, code or closed").default("code"),
  handle: Handle.optional(),
  limitRate: RateTyped.optional(),
  background: z.boolean().default(false),
});

export const Ready = z.strictObject({
  directory: z.string(),
  page: z.url(),
  /** Opens the page signed in, once; a secret. */
  signIn: Passed,
  context: ContextName,
  account: AccountKey,
  /** How many folders are served. */
  serving: z.int(),
  log: z.string(),
});

export type Ready = z.output<typeof Ready>;
export type UpCall = Call<z.output<typeof Input>, Ready>;

export default defineCommand({
  about:
    "Run a whole system on this machine: nats-server, every service, the page, and the folders that you share. The first start makes your account.",
  options: [
    ["--dir <directory>", "where everything is kept"],
    ["--listen <host:port>", "where the page is served; on this machine only unless told"],
    ["--public-url <url>", "the address of the page for people elsewhere"],
    ["--tls-cert <file>", "certificate of the page, in PEM"],
    ["--tls-key <file>", "its key"],
    ["--registration <policy>", "who may register: open, code or closed (default: code)"],
    ["--handle <handle>", "your handle, where your account is made"],
    limitRate("send"),
    ["--background", "go on when the terminal is closed; natster down ends it"],
  ],
  examples: [
    ["natster up", "on this machine, until Ctrl-C"],
    ["natster up --background", "until natster down"],
    [
      "natster up --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem --public-url https://files.example.org:8443",
      "for people elsewhere",
    ],
  ],
  input: Input,
  output: Ready,
  async run(call) {
    const { input, ui, say, signal } = call;
    const directory = resolve(input.dir ?? systemDirectory());
    checkTogether(input);
    if (input.background && !isInBackground()) {
      using doing = showDoing(ui, "starting the system in the background");
      const ready = Ready.parse(await startInBackground(directory, signal, (what) => ui.note(what)));
      doing[Symbol.dispose]();
      return say(ready);
    }
    // What starts it in the background does not wait for all that a system is made of.
    const { run } = await import("../up/run.ts");
    await run(call, directory);
  },
  show(ready, ui) {
    if (ui.quiet) return;
    ui.out(`${ui.style("green", "ready")}  ${ready.page}`);
    ui.out();
    showPassed(ui, "Open the page signed in, once; natster login makes another such link:", ready.signIn);
    ui.out();
    ui.out(`You administer it as context ${ready.context}; ${counted(ready.serving, "folder")} served.`);
    ui.out(`What was logged: ${ready.log}`);
    if (isOnlyHere(ready.page)) ui.note(onlyHere);
    if (ready.serving === 0) ui.note("Next: natster share DIR shares a folder.");
  },
});

/** Options that only make sense with one another. */
function checkTogether({ tlsCert, tlsKey, listen, publicUrl }: z.output<typeof Input>): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new UsageError("--tls-cert and --tls-key need each other");
  const beyond = listen !== undefined && !/^(127\.|localhost|\[?::1\]?)/.test(listen);
  if (beyond && tlsCert === undefined && !publicUrl?.startsWith("https:")) {
    throw new UsageError("beyond this machine a page needs TLS: browsers keep keys from plain http", {
      next: "natster up --listen … --tls-cert FILE --tls-key FILE, or --public-url https://… of a proxy in front",
    });
  }
}
