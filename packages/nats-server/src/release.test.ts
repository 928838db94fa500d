import { expect, test } from "vitest";
import { releaseArchive } from "./release.ts";
import { compareVersions, FLOOR_VERSION } from "./version.ts";

const PLATFORMS = [
  ["linux", "x64"],
  ["linux", "arm64"],
  ["linux", "ppc64"],
  ["linux", "s390x"],
  ["linux", "riscv64"],
  ["darwin", "x64"],
  ["darwin", "arm64"],
  ["win32", "x64"],
  ["win32", "arm64"],
] as const;

test.each(PLATFORMS)("the archive for %s on %s is new enough and pinned by a whole checksum", (platform, arch) => {
  const archive = releaseArchive(platform, arch);
  expect(archive?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(compareVersions(archive?.version ?? "", FLOOR_VERSION)).toBeGreaterThanOrEqual(0);
});

test("archives have the names that the release gives them", () => {
  expect(releaseArchive("linux", "x64")).toMatchObject({ name: "nats-server-v2.15.1-linux-amd64", ending: "tar.gz" });
  expect(releaseArchive("win32", "arm64")).toMatchObject({ name: "nats-server-v2.15.0-windows-arm64", ending: "zip" });
});

test("no two platforms have the same checksum", () => {
  const sums = PLATFORMS.map(([platform, arch]) => releaseArchive(platform, arch)?.sha256);
  expect(new Set(sums).size).toBe(PLATFORMS.length);
});

test("a platform without a known checksum has no archive", () => {
  expect(releaseArchive("aix", "ppc64")).toBeUndefined();
});
