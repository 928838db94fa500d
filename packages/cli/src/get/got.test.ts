import { expect, test } from "vitest";
import { rememberingUi } from "../output/ui.fixture.ts";
import { checkAll, type Got, nothing, showGot } from "./got.ts";

const file = { path: "a.jpg", size: 3 };

/** What people read of a run. */
function said(got: Partial<Got>): string[] {
  const ui = rememberingUi();
  showGot({ ...nothing("@alice/photos", "/srv/photos", false), ...got }, ui);
  return ui.lines;
}

test.each<[string, Partial<Got>, string[]]>([
  ["nothing to do", { unchanged: 9 }, ["@alice/photos is in /srv/photos, and nothing has changed"]],
  ["a catalog without files", {}, ["@alice/photos has no files"]],
  [
    "a small file",
    { fetched: [file], bytes: 3, seconds: 0.2, unchanged: 1 },
    ["@alice/photos is in /srv/photos: 1 file, 3 B in 200 ms; 1 there already"],
  ],
  [
    "much, of which some had come before",
    { fetched: [file, file], bytes: 8_000_000, resumed: 4_000_000, seconds: 2 },
    ["@alice/photos is in /srv/photos: 2 files, 8.0 MB at 2.0 MB/s in 2 s; 4.0 MB of it had come before"],
  ],
  ["one that was here", { copied: ["b.jpg"] }, ["@alice/photos is in /srv/photos: 1 file copied from here"]],
  ["one that went", { deleted: ["b.jpg"] }, ["@alice/photos is in /srv/photos: 1 file deleted"]],
  [
    "one that stays",
    { kept: [{ path: "b.jpg", changed: "here" }] },
    [
      "kept: b.jpg: it was changed here",
      "--force replaces what was changed",
      "@alice/photos is in /srv/photos, but for what you changed",
    ],
  ],
  [
    "one that stays and is gone there, and one that failed",
    { kept: [{ path: "b.jpg", changed: "gone" }], failed: [{ path: "c.jpg", reason: "it changed meanwhile" }] },
    [
      "failed: c.jpg: it changed meanwhile",
      "kept: b.jpg: it was changed here, and the catalog has it no more",
      "@alice/photos is in /srv/photos, but for what you changed and what failed",
    ],
  ],
])("what a run did is said once, and nothing that contradicts it: %s", (_, got, lines) => {
  expect(said(got)).toEqual(lines);
});

test("a run ends with exit code 1 where anything failed, and where the catalog has changed what was changed here", () => {
  const ends = (got: Partial<Got>) => () => checkAll({ ...nothing("photos", "/srv/photos", false), ...got });
  expect(ends({ kept: [{ path: "a", changed: "here" }] })).not.toThrow();
  expect(ends({ kept: [{ path: "a", changed: "both" }], dryRun: true })).not.toThrow();
  expect(ends({ kept: [{ path: "a", changed: "both" }] })).toThrow("1 file of yours stays");
  expect(ends({ kept: [{ path: "a", changed: "gone" }] })).toThrow("1 file of yours stays");
  expect(ends({ failed: [{ path: "a", reason: "no" }] })).toThrow("1 file could not be fetched");
});

test("where something is in the way, the next thing to do is to move it", () => {
  const failed = [
    { path: "a", reason: "it changed meanwhile" },
    { path: "sub/b", reason: "/srv/photos/sub is in the way", inTheWay: "/srv/photos/sub" },
  ];
  const next = "move /srv/photos/sub away, then the same again, which fetches only those";
  expect(() => checkAll({ ...nothing("photos", "/srv/photos", false), failed })).toThrow(
    expect.objectContaining({ next }),
  );
});
