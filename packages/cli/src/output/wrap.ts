/** Lines that break between words. */
import stringWidth from "string-width";

/** How wide a line may be: as the terminal is, or is likely to be where it does not say, and without limit elsewhere. */
export const widthOf = (stream: NodeJS.WriteStream): number =>
  stream.isTTY ? Math.max(stream.columns || 80, 20) : Number.POSITIVE_INFINITY;

/** A line, broken between words where it is longer than a terminal is wide; what is one long word stays one. */
export function wrap(line: string, columns: number, indent = indentOf(line, columns)): string {
  if (stringWidth(line) <= columns || line.includes("\n")) return line;
  const [, lead = "", text = ""] = /^(\s*)(.*)$/s.exec(line) ?? [];
  const lines: string[] = [];
  let current = lead;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && stringWidth(current) + 1 + stringWidth(word) > columns) {
      lines.push(current);
      [current, empty] = [indent, true];
    }
    current += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, current].join("\n");
}

/** Under the first word; what stands behind a mark, or behind a name and two spaces, is under its own where there is room. */
function indentOf(line: string, columns: number): string {
  // oxlint-disable-next-line no-control-regex -- colour takes no room
  const plain = line.replaceAll(/\u001B\[[\d;]*m/g, "");
  const [, lead = "", before = ""] = /^(\s*)([●○✓!✗] |\S.{0,18}?\s{2,})?/.exec(plain) ?? [];
  return " ".repeat(lead.length + Math.min(before.length, Math.floor(columns / 8)));
}
