/** Does what was typed, and says how it ended. */
import * as z from "zod";
import { readAuthority } from "./context/authority.ts";
import type { Globals } from "./define.ts";
import { traced, traceWhereAsked } from "@natster/micro/trace";
import { onUnexpected } from "@natster/micro/unexpected";
import { explain } from "./explain.ts";
import { Interrupted, Unexpected, UsageError } from "./failure.ts";
import { sayError } from "./output/say.ts";
import { createUi } from "./output/ui.ts";
import type { Typed } from "./program.ts";
import { check, PathTyped } from "./typed.ts";

const GlobalsTyped = z.object({
  context: z.string().optional(),
  ca: PathTyped.optional(),
  json: z.boolean().default(false),
  quiet: z.boolean().default(false),
  debug: z.boolean().default(false),
  timeout: z.coerce
    .number("expected seconds")
    .positive("expected seconds")
    .max(86_400, "at most a day")
    .transform((seconds) => seconds * 1_000)
    .optional(),
});

/** Milliseconds that one answer is waited for, unless told. */
const anAnswer = 10_000;

/** Runs a command to its end; resolves with the exit code. */
export async function execute({ name, command, input, globals }: Typed): Promise<number> {
  const interrupted = listenForInterrupts();
  const { signal } = interrupted;
  using _last = onUnexpected((error) => {
    const why = new Unexpected(error);
    sayError(explain(why), why, Boolean(globals.debug));
    interrupted.end(why);
  });
  await using _traces = await traceWhereAsked("cli");
  try {
    const { timeout, ca: file, ...others } = check(GlobalsTyped, globals, (part) => `--${part}`);
    const within = (usual: number) => timeout ?? usual;
    const ca = file === undefined ? undefined : await readAuthority(file);
    const told: Globals = { context: undefined, ...others, ca, timeout: within(anAnswer), within };
    const ui = createUi(told);
    await traced({ kind: "internal", name: `natster ${name}` }, () =>
      command.run({
        input: check(command.input, input, (part) => calledBy(command, part)),
        globals: told,
        ui,
        signal,
        say(data) {
          if (told.json) ui.data(JSON.stringify(command.output.parse(data)));
          else if (!(told.quiet && command.deed)) command.show(data, ui);
        },
      }),
    );
    return signal.reason instanceof Unexpected ? 1 : 0;
  } catch (error) {
    // It was said when it happened.
    if (signal.reason instanceof Unexpected) return 1;
    if (signal.aborted || error instanceof Interrupted) return 130;
    sayError(error instanceof UsageError ? usage(error, name) : explain(error), error, Boolean(globals.debug));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    interrupted.stop();
  }
}

const usage = (error: UsageError, name: string) => ({
  what: error.message,
  next: error.next ?? `natster ${name} --help`,
});

/** How people write a part of what a command takes: `--max-age`, or the name of an argument. */
function calledBy({ options = [] }: Typed["command"], part: string): string {
  const word = part.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const [flags] = options.find(([each]) => new RegExp(`--(no-)?${word}\\b`).test(each)) ?? [];
  return flags === undefined ? word : `--${word}`;
}

/** How long putting things in order may take; what is acknowledged is on the disk before. */
const orderly = 30_000;

/** Ctrl-C once asks a command to put things in order and end; whoever asks twice does not want to wait. */
function listenForInterrupts(): { signal: AbortSignal; end(why: Unexpected): void; stop(): void } {
  const asked = new AbortController();
  const end = () => process.exit(130);
  const interrupt = () => {
    if (asked.signal.aborted) end();
    setTimeout(end, orderly).unref();
    asked.abort(new Interrupted());
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  return {
    signal: asked.signal,
    end: (why) => asked.abort(why),
    stop() {
      for (const signal of signals) process.off(signal, interrupt);
    },
  };
}
