import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Refusal } from "@natster/micro/client";
import { expect, onTestFinished, test } from "vitest";
import { explain } from "./explain.ts";

test("of what went wrong on the system it is said which service it was, and what to look for in its log", () => {
  const fault = new Refusal(500, { reason: "internal", message: "projector failed", errorId: "AGE5XQ" });
  expect(explain(fault)).toEqual({
    what: "something went wrong on the system",
    why: "projector failed",
    next: "look for AGE5XQ in its log, or have whoever runs the system do so",
  });
});

test("of what may not be written it is said where it was to go, and what of that is there to be looked at", () => {
  const folder = mkdtempSync(join(tmpdir(), "natster-explain-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const refused = (where: object) =>
    explain(Object.assign(new Error("permission denied"), { code: "EACCES", ...where }));

  expect(refused({ path: "/some/part", dest: join(folder, "new/file") })).toEqual({
    what: `you may not read or write: ${join(folder, "new/file")}`,
    next: `ls -ld ${dirname(folder)} ${folder}`,
  });
  expect(refused({}).next).toBe("ls -ld .");
});
