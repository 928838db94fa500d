import { expect, test } from "vitest";
import { kindOf } from "./kinds.ts";

test.each([
  ["image/png", "image"],
  ["image/svg+xml", "image"],
  ["image/tiff", "none"],
  ["video/mp4", "video"],
  ["audio/mpeg", "audio"],
  ["application/pdf", "pdf"],
  ["text/markdown; charset=utf-8", "markdown"],
  ["text/plain; charset=utf-8", "text"],
  ["Text/HTML", "text"],
  ["application/json", "text"],
  ["application/ld+json", "text"],
  ["application/zip", "none"],
  ["", "none"],
])("%s is shown as %s", (type, kind) => {
  expect(kindOf({ type })).toBe(kind);
});
