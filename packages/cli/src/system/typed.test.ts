import { createKey } from "@natster/trust";
import { expect, test } from "vitest";
import { catalogNameOf } from "../serving/here.ts";
import { DurationTyped } from "./duration.ts";
import { ForeignCatalog, ReferenceTyped } from "./reference.ts";

const key = createKey("account").public;

test.each([
  ["photos", { owner: undefined, catalog: "photos", path: "" }],
  ["photos/2026/ä b.jpg", { owner: undefined, catalog: "photos", path: "2026/ä b.jpg" }],
  ["@alice/photos/", { owner: { handle: "alice" }, catalog: "photos", path: "" }],
  ["@alice/photos/a/b", { owner: { handle: "alice" }, catalog: "photos", path: "a/b" }],
  [`${key}/photos`, { owner: { account: key }, catalog: "photos", path: "" }],
])("%s is understood", (text, meant) => {
  expect(ReferenceTyped.parse(text)).toEqual(meant);
});

test.each(["", "@alice", "@a/photos", "Photos", "@alice/Photos", "../photos"])("%s is no catalog", (text) => {
  expect(ReferenceTyped.safeParse(text).success).toBe(false);
});

test("what is accepted is a catalog of somebody's, and nothing in it", () => {
  expect(ForeignCatalog.parse("@alice/photos")).toEqual({ owner: { handle: "alice" }, catalog: "photos" });
  for (const text of ["photos", "@alice/photos/2026"]) expect(ForeignCatalog.safeParse(text).success).toBe(false);
});

test.each([
  ["90s", 90],
  ["30m", 1_800],
  ["12h", 43_200],
  ["7d", 604_800],
  ["2w", 1_209_600],
])("%s is a duration", (text, seconds) => {
  expect(DurationTyped.parse(text)).toBe(seconds);
});

test.each(["", "7", "d", "-1d", "0d", "1.5h", "7 days"])("%s is no duration", (text) => {
  expect(DurationTyped.safeParse(text).success).toBe(false);
});

test.each([
  ["/home/a/Photos", "photos"],
  ["/home/a/Été 2026 (best)", "ete-2026-best"],
  ["/home/a/写真", "folder"],
  ["/home/a/.hidden", "hidden"],
  [`/${"x".repeat(70)}-y`, "x".repeat(64)],
])("%s becomes the catalog %s", (folder, name) => {
  expect(catalogNameOf(folder)).toBe(name);
});
