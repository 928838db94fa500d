import { expect, test } from "vitest";
import { compareVersions, parseVersion } from "./version.ts";

test("the version is read from what nats-server prints", () => {
  expect(parseVersion("nats-server: v2.15.1\n")).toBe("2.15.1");
  expect(parseVersion("nats-server: v2.16.0-RC.1")).toBe("2.16.0-RC.1");
  expect(parseVersion("2.14.0")).toBe("2.14.0");
});

test("a text without a version has none", () => {
  expect(parseVersion("")).toBeUndefined();
  expect(parseVersion("nats-server: unknown")).toBeUndefined();
  expect(parseVersion("listening on 127.0.0.1")).toBeUndefined();
});

test("versions are ordered by number, and a preview comes before its release", () => {
  const ordered = ["2.9.10", "2.14.0-RC.1", "2.14.0", "2.14.7", "2.15.0-preview.1", "2.15.0", "2.15.10", "3.0.0"];
  expect(ordered.toReversed().toSorted(compareVersions)).toEqual(ordered);
});
