/** The curve of a row of numbers, as the paths of an SVG. Pure. */

export interface Spark {
  readonly line: string;
  readonly area: string;
}

/** Draws numbers from left to right, the newest at the right edge; a short row leaves the left empty. */
export function spark(
  numbers: readonly number[],
  { width, height, places }: { width: number; height: number; places: number },
): Spark {
  const shown = numbers.slice(-places);
  if (shown.length < 2) return { line: "", area: "" };
  // Below one request per second the curve stays low, so that a single request is no mountain.
  const most = Math.max(1, ...shown);
  const x = (at: number) => round(width - ((shown.length - 1 - at) * width) / (places - 1));
  const y = (number: number) => round(height - 1 - (number / most) * (height - 2));
  const points = shown.map((number, at) => `${x(at)} ${y(number)}`);
  return {
    line: `M${points.join("L")}`,
    area: `M${x(0)} ${height}L${points.join("L")}L${width} ${height}Z`,
  };
}

const round = (number: number): number => Math.round(number * 100) / 100;
