/** Tables that keep to the width of the terminal. */
import stringWidth from "string-width";
import { clean } from "./clean.ts";
import type { Ui } from "./ui.ts";

/** A column: its title and, for each row, its text. */
export interface Column<R> {
  readonly title: string;
  readonly text: (row: R) => string;
  readonly align?: "right";
  /** Takes what room is left, and is cut where there is too little; the first that says so. */
  readonly flexible?: true;
  /** Left out where there is no room for it, the last one first. */
  readonly optional?: true;
  readonly format?: (text: string, row: R) => string;
}

const gap = 2;
const narrowest = 12;

/** Prints rows below their titles. Where there is no room, optional columns go, and then what is flexible is cut. */
export function table<R>(ui: Ui, rows: readonly R[], columns: readonly Column<R>[]): void {
  const cells = rows.map((row) => columns.map((column) => clean(column.text(row))));
  const natural = columns.map((column, at) =>
    Math.max(stringWidth(column.title), ...cells.map((row) => stringWidth(row[at] ?? ""))),
  );
  // What is empty from top to bottom says nothing.
  const empty = columns.map((column, at) => column.optional && cells.every((row) => row[at] === ""));
  const widths = fit(columns, natural, ui.columns, empty);
  const shown = columns.flatMap((column, at) => {
    const width = widths[at];
    return width === undefined ? [] : [{ column, at, width }];
  });
  const line = (of: (each: (typeof shown)[number]) => string) =>
    shown
      .map((each) => of(each))
      .join(" ".repeat(gap))
      .trimEnd();

  ui.out(line(({ column, width }) => ui.style("dim", pad(column.title, width, column.align))));
  for (const [index, row] of rows.entries()) {
    ui.out(
      line(({ column, at, width }) => {
        const text = cut(cells[index]?.[at] ?? "", width);
        const padded = pad(text, width, column.align);
        return column.format ? padded.replace(text, () => column.format?.(text, row) ?? text) : padded;
      }),
    );
  }
}

/** How wide each column is to be; undefined leaves it out. */
function fit<R>(
  columns: readonly Column<R>[],
  natural: readonly number[],
  room: number,
  empty: readonly (boolean | undefined)[],
): readonly (number | undefined)[] {
  const widths = natural.map((width, at) => (empty[at] ? undefined : width));
  const total = () => {
    const there = widths.filter((width) => width !== undefined);
    return there.reduce((sum, width) => sum + width, 0) + gap * (there.length - 1);
  };
  const flexible = columns.findIndex((column) => column.flexible);
  const spare = () => (flexible < 0 ? 0 : Math.max(0, (natural[flexible] ?? 0) - narrowest));
  for (let at = columns.length - 1; at >= 0 && total() - spare() > room; at--) {
    if (columns[at]?.optional) widths[at] = undefined;
  }
  if (flexible >= 0 && total() > room) {
    widths[flexible] = Math.max(narrowest, (natural[flexible] ?? 0) - (total() - room));
  }
  // Where that is not enough, whatever is widest is cut.
  while (total() > room) {
    const widest = Math.max(...widths.map((width) => width ?? 0));
    if (widest <= 1) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function pad(text: string, width: number, align?: "right"): string {
  const space = " ".repeat(Math.max(0, width - stringWidth(text)));
  return align === "right" ? space + text : text + space;
}

const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Cuts a text to a width, and says so with an ellipsis; a character of two columns or many code points stays whole. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of letters.segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
