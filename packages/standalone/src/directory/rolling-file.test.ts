import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { rollingFile } from "./rolling-file.ts";

test("a log begins anew when it is full, and keeps so many full ones", () => {
  const directory = mkdtempSync(join(tmpdir(), "natster-log-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "natster.log");
  const log = rollingFile(path, { size: 10, keep: 2 });
  for (const line of ["first 123\n", "second 12\n", "third 123\n", "fourth 12\n", "5\n"]) log.write(line);

  expect(readdirSync(directory).toSorted()).toEqual(["natster.log", "natster.log.1", "natster.log.2"]);
  expect(readFileSync(path, "utf8")).toBe("5\n");
  expect(readFileSync(`${path}.1`, "utf8")).toBe("fourth 12\n");
  expect(readFileSync(`${path}.2`, "utf8")).toBe("third 123\n");
});

test("a log that is there is gone on with, and counts", () => {
  const directory = mkdtempSync(join(tmpdir(), "natster-log-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "natster.log");
  rollingFile(path, { size: 10 }).write("12345\n");
  rollingFile(path, { size: 10 }).write("67890\n");
  expect(readFileSync(`${path}.1`, "utf8")).toBe("12345\n67890\n");
});
