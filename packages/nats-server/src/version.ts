/** The oldest nats-server that Natster runs on. 2.14 brought the consumer reset that projections need. */
export const FLOOR_VERSION = "2.14.0";

/** The version in what `nats-server --version` prints ("nats-server: v2.15.1"), without the `v`; undefined if there is none. */
export function parseVersion(text: string): string | undefined {
  return /(?<![\w.])v?(\d+\.\d+\.\d+(?:-[\w.-]+)?)(?!\.?\d)/.exec(text)?.[1];
}

/** Negative when `a` is older than `b`, zero when they are the same, positive when it is newer. */
export function compareVersions(a: string, b: string): number {
  const left = parts(a);
  const right = parts(b);
  const differing = left.numbers.findIndex((number, index) => number !== right.numbers[index]);
  if (differing >= 0) return (left.numbers[differing] ?? 0) - (right.numbers[differing] ?? 0);
  // A preview or release candidate comes before the release that it leads to.
  return Number(left.preview === "") - Number(right.preview === "") || left.preview.localeCompare(right.preview);
}

function parts(version: string): { numbers: number[]; preview: string } {
  const [release = "", ...preview] = version.split("-");
  return { numbers: release.split(".").map(Number), preview: preview.join("-") };
}
