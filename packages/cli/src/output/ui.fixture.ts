/** A terminal that remembers what it was told. */
import type { Ui } from "./ui.ts";

/** A terminal of this width, without colour. */
export function rememberingUi(columns = 80): Ui & { readonly lines: string[] } {
  const lines: string[] = [];
  const say = (line = "") => void lines.push(line);
  return {
    lines,
    columns,
    out: say,
    data: say,
    note: say,
    style: (_, text) => text,
    quiet: false,
    terminal: true,
    errTerminal: false,
    draw: () => {},
  };
}
