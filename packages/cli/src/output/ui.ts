/** What people see: data on standard output, everything else on standard error, colour only on a terminal. */
import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Where a command writes. */
export interface Ui {
  /** A line of what was asked for. */
  out(line?: string): void;
  /** A remark, on standard error; `--quiet` keeps it back. */
  note(line: string): void;
  /** Colour for standard output, where it is a terminal that wants it. */
  style(format: Format, text: string): string;
  /** How wide a line may be: of the terminal, and without limit elsewhere. */
  readonly columns: number;
  /** Whether somebody looks at standard output, and at standard error. */
  readonly terminal: boolean;
  readonly errTerminal: boolean;
  /** Writes as it is to standard error: for what moves. */
  draw(text: string): void;
}

/** Writes to these streams. */
export function createUi(
  { quiet }: { readonly quiet: boolean },
  out: NodeJS.WriteStream = process.stdout,
  err: NodeJS.WriteStream = process.stderr,
): Ui {
  return {
    out: (line = "") => void out.write(`${line}\n`),
    note: (line) => void (quiet || err.write(`${line}\n`)),
    style: (format, text) => styleText(format, text, { stream: out }),
    columns: out.isTTY ? Math.max(out.columns, 20) : Number.POSITIVE_INFINITY,
    terminal: out.isTTY,
    errTerminal: err.isTTY && !quiet,
    draw: (text) => void err.write(text),
  };
}
