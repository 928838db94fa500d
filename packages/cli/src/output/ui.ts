/** What people see: data on standard output, everything else on standard error, colour only on a terminal. */
import { styleText } from "node:util";
import { widthOf, wrap } from "./wrap.ts";

type Format = Parameters<typeof styleText>[0];

/** Where a command writes. */
export interface Ui {
  /** A line of what was asked for; on a terminal it breaks between words. */
  out(line?: string): void;
  /** A line that is data, as it is. */
  data(line: string): void;
  /** A remark, on standard error; `--quiet` keeps it back. It breaks between words too. */
  note(line: string): void;
  /** Colour for standard output, where it is a terminal that wants it. */
  style(format: Format, text: string): string;
  /** How wide a line may be: of the terminal, and without limit elsewhere. */
  readonly columns: number;
  /** Whether nothing is wanted but what was asked for. */
  readonly quiet: boolean;
  /** Whether somebody looks at standard output, and at standard error, where what was written can be replaced. */
  readonly terminal: boolean;
  readonly errTerminal: boolean;
  /** Writes to standard error what moves, in place of what it wrote before; nothing takes that away. */
  draw(text: string): void;
}

/** Writes to these streams. */
export function createUi(
  { quiet }: { readonly quiet: boolean },
  out: NodeJS.WriteStream = process.stdout,
  err: NodeJS.WriteStream = process.stderr,
): Ui {
  /** What moves stands on a line of its own, which makes room for whatever is said to stay. */
  let drawn = false;
  const write = (stream: NodeJS.WriteStream, text: string) => {
    if (drawn) err.write("\r\u001B[K");
    drawn = false;
    stream.write(`${text}\n`);
  };
  return {
    out: (line = "") => write(out, wrap(line, widthOf(out))),
    data: (line) => write(out, line),
    note: (line) => void (quiet || write(err, wrap(line, widthOf(err)))),
    quiet,
    style: (format, text) => styleText(format, text, { stream: out }),
    columns: widthOf(out),
    terminal: out.isTTY,
    errTerminal: err.isTTY && !quiet && process.env["TERM"] !== "dumb",
    draw(text) {
      drawn = text !== "";
      err.write(`\r\u001B[K${text}`);
    },
  };
}
