/** The command line: which command is meant, what it is told, and the help of all of them. */
import { Command as Parser, Option } from "commander";
import { commands, type Entry } from "./commands.ts";
import type { Command, Globals } from "./define.ts";

/** What every command may be told: flags, help, and what holds where nothing is said. */
export const globalOptions: readonly (readonly [flags: string, help: string])[] = [
  ["--context <name>", "use this context, instead of the one in use"],
  ["--ca <file>", "PEM of the system's own authority; kept with the context"],
  ["--json", "print data as JSON, one document a line (docs/guide/json.md)"],
  ["-q, --quiet", "print nothing but what was asked for"],
  ["--timeout <seconds>", "wait so long for an answer (default: 10)"],
  ["--debug", "show what led to an error"],
];

/** What was typed: a command, and what it is told by name, not checked yet. */
export interface Typed {
  readonly name: string;
  readonly command: Command;
  readonly input: Readonly<Record<string, unknown>>;
  readonly globals: Readonly<Record<Exclude<keyof Globals, "within">, unknown>>;
}

/**
 * Reads a command line and hands what it says to `run`. Throws `CommanderError`, with an exit code, where there is
 * nothing to run: for help, for the version, and for what cannot be understood.
 */
export async function parse(argv: readonly string[], version: string, run: (typed: Typed) => Promise<void>) {
  const program = group(new Parser("natster"), commands, run)
    .description("Share folders straight from the machine where they are, over NATS and nothing but NATS")
    .version(version, "-V, --version", "print the version");
  for (const [flags, help] of globalOptions) program.option(flags, help);
  program.addHelpText(
    "after",
    "\nFirst steps:\n  natster up              run a system here\n  natster share ~/Photos  share a folder\n  natster get 'LINK'      fetch what somebody shares with you\n  natster COMMAND --help  with an example for each command",
  );
  await program.parseAsync([...argv], { from: "user" });
}

function group(parser: Parser, entries: Readonly<Record<string, Entry>>, run: (typed: Typed) => Promise<void>): Parser {
  parser
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, "natster:")) })
    .showSuggestionAfterError()
    .helpCommand(false)
    .helpOption("-h, --help", "say what it does, with an example")
    .configureHelp({ showGlobalOptions: true });
  for (const [name, entry] of Object.entries(entries)) {
    const child = new Parser(name).summary(entry.summary).description(sentence(entry.summary));
    child.copyInheritedSettings(parser);
    // Of a group, `ls` is what is meant where nothing is said.
    parser.addCommand(child, { isDefault: parser.parent !== null && name === "ls" });
    if ("commands" in entry) {
      group(child, entry.commands, run);
      const [first = ""] = Object.keys(entry.commands);
      child.addHelpText(
        "after",
        examplesOf([[`natster ${name} ${first} --help`, "each of them has examples of its own"]]),
      );
    }
  }
  parser.hook("preSubcommand", async (_, child) => {
    const entry = entries[child.name()];
    if (entry && "load" in entry) configure(child, (await entry.load()).default, run);
  });
  return parser;
}

/** Teaches the parser what one command takes. */
function configure(parser: Parser, command: Command, run: (typed: Typed) => Promise<void>): void {
  const { arguments: positional = [], options = [], about, examples } = command;
  for (const [name, help] of positional) parser.argument(name, help);
  for (const [flags, help] of options) parser.addOption(new Option(flags, help));
  if (about !== undefined) parser.description(about);
  parser.addHelpText("after", examplesOf(examples));
  parser.action(async (...args: unknown[]) => {
    const given = args.slice(0, positional.length);
    const named = positional.map(([name], at) => [camel(name.replaceAll(/[<>[\].]/g, "")), given[at]]);
    const globals: Readonly<Record<string, unknown>> = parser.optsWithGlobals();
    const { context, ca, json, quiet, debug, timeout } = globals;
    await run({
      name: pathOf(parser),
      command,
      input: { ...parser.opts(), ...Object.fromEntries(named.filter(([, value]) => value !== undefined)) },
      globals: { context, ca, json, quiet, debug, timeout },
    });
  });
}

const examplesOf = (examples: Command["examples"]): string =>
  ["", "Examples:", ...examples.map(([line, what]) => `  $ ${line}\n      ${what}`)].join("\n");

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const camel = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const pathOf = (parser: Parser): string =>
  parser.parent?.parent ? `${pathOf(parser.parent)} ${parser.name()}` : parser.name();
