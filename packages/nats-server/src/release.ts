/** The nats-server that Natster is built and tested with. */
export const PINNED_VERSION = "2.15.1";

/** Where the project publishes its archives. */
export const RELEASES_URL = "https://github.com/nats-io/nats-server/releases/download";

/** An archive of a release, and the SHA-256 (hex) that its bytes must have. */
export interface ReleaseArchive {
  readonly version: string;
  /** Without its ending: also the name of the folder inside. */
  readonly name: string;
  readonly ending: "tar.gz" | "zip";
  readonly sha256: string;
}

/*
 * A checksum stands here only if somebody published it; a platform without one has no download. Each sum is the one
 * in the release's own SHA256SUMS: compare, and add what is missing, whenever a version changes.
 *
 * 2.15.1, Linux: taken from a public image build that checks these very archives; seen in that one place only.
 * 2.15.0, macOS: stated alike by several public projects as taken from the release's SHA256SUMS.
 * 2.15.0, Windows: winget-pkgs, NATSAuthors.NATSServer 2.15.0; amd64 also in nats-io/nats-docker.
 * For macOS and Windows no sum of 2.15.1 was found, hence the release before.
 */
const SHA256: Readonly<Record<string, readonly [version: string, sha256: string]>> = {
  "linux-amd64": ["2.15.1", "bf5edc7b1ce98e885c368cb43a886eb148dc5d0551d99f3cf6141fb5e1954c70"],
  "linux-arm64": ["2.15.1", "e2fbab4cad7d3c76e3052eb959570393c9d73ba756b70bf8e9eea61e9ae6d49c"],
  "linux-ppc64le": ["2.15.1", "4918414d24b16c30e71352e362b2d89e9e47c557514cefb5d4c6f2523cfee73d"],
  "linux-s390x": ["2.15.1", "478644ef83c46f585f9714b05201b5596e718cdd55ef295fb31abef6a71b4646"],
  "linux-riscv64": ["2.15.1", "0c7f51bdf9712e2c69336722fca636a3b038181ff843390c00a4e287ad462086"],
  "darwin-amd64": ["2.15.0", "5bd8b59ca5bf93fab3da2c5843cf564cd6e2e291e22ae3b861746e7ebe259b95"],
  "darwin-arm64": ["2.15.0", "e1c4e22d70bd44abfa0bcb3c16f7cf0c66f648c2e728c58924e8a1ce88913cc8"],
  "windows-amd64": ["2.15.0", "2d0861dc2ca3567d17f7d19611d7b346cc2ccbd7086a0a77cc957a2c71663200"],
  "windows-arm64": ["2.15.0", "d468fa3f0ac953bed2219e37a2b5977d87cb8d705d5bbdc70b9f960e12fb7c38"],
};

/** The words of the release for what Node calls `process.platform` and `process.arch`. */
const SYSTEMS: Readonly<Record<string, string>> = { win32: "windows" };
const MACHINES: Readonly<Record<string, string>> = { x64: "amd64", ppc64: "ppc64le" };

/** The pinned archive for a platform, as Node names it; undefined where no checksum is known. */
export function releaseArchive(platform: string, arch: string): ReleaseArchive | undefined {
  const target = `${SYSTEMS[platform] ?? platform}-${MACHINES[arch] ?? arch}`;
  const pin = SHA256[target];
  if (!pin) return undefined;
  const [version, sha256] = pin;
  return {
    version,
    name: `nats-server-v${version}-${target}`,
    ending: platform === "win32" ? "zip" : "tar.gz",
    sha256,
  };
}
