/** Which lines of a long list are to be drawn: those that are seen, and a few on either side. Pure. */

export interface Window {
  readonly from: number;
  /** Without this one. */
  readonly to: number;
}

/** The lines between two heights of a list whose lines are all alike. */
export function windowOf(top: number, height: number, line: number, lines: number, margin = 6): Window {
  const from = Math.max(0, Math.floor(top / line) - margin);
  const to = Math.min(lines, Math.ceil((top + height) / line) + margin);
  return { from: Math.min(from, to), to };
}

/** Where a list has to be scrolled to so that a line is seen; undefined where it is. */
export function scrollFor(index: number, top: number, height: number, line: number): number | undefined {
  if (index * line < top) return index * line;
  if ((index + 1) * line > top + height) return (index + 1) * line - height;
  return undefined;
}
