/** The shape of a command: what it takes, what it says with `--json`, what it does, and how it shows that to people. */
import type * as z from "zod";
import type { Authority } from "./context/authority.ts";
import type { Ui } from "./output/ui.ts";

/** What every command may be told. */
export interface Globals {
  /** The context to use, where one is named. */
  readonly context: string | undefined;
  /** The authority of the system's certificates, where one is named. */
  readonly ca: Authority | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  /** Milliseconds that one answer is waited for. */
  readonly timeout: number;
  /** The same, for what usually takes longer than an answer: what was told, and so many milliseconds where nothing was. */
  readonly within: (usual: number) => number;
}

/** What a command is given. */
export interface Call<I, D> {
  readonly input: I;
  readonly globals: Globals;
  readonly ui: Ui;
  /** Aborts when somebody interrupts. */
  readonly signal: AbortSignal;
  /** Says what `--json` prints, or shows it. */
  readonly say: (data: D) => void;
}

/** A command. */
export interface Command<I extends z.ZodType = z.ZodType, D extends z.ZodType = z.ZodType> {
  /** `<name>` or `[name]` or `[names...]`, and what it is. */
  readonly arguments?: readonly (readonly [name: string, help: string])[];
  /** What its arguments name, so that shells can complete them; files and folders where nothing is said. */
  readonly completes?: "catalogs";
  /** As people write them, `-e, --expires <duration>`, and what they are for. */
  readonly options?: readonly (readonly [flags: string, help: string])[];
  /** What it does, where the line in the list of commands does not say enough. */
  readonly about?: string;
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** Arguments and options, by name. */
  readonly input: I;
  /** One document that `--json` prints, on a line of its own. */
  readonly output: D;
  /** What it shows says only that it is done: `--quiet` keeps that back. */
  readonly deed?: true;
  /** How many such documents there are, where it is not one. */
  readonly documents?: "many";
  run(call: Call<z.output<I>, z.output<D>>): Promise<void>;
  show(data: z.output<D>, ui: Ui): void;
}

/** Declares a command; input and output keep their exact types. */
export const defineCommand = <I extends z.ZodType, D extends z.ZodType>(command: Command<I, D>): Command<I, D> =>
  command;
