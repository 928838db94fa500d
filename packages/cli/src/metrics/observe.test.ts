import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exposition } from "./exposition.ts";

const folder = join(import.meta.dirname, "..", "..", "..", "..", "deploy", "observe");

test.for(["alerts.yaml", "grafana.json"])("%s asks for nothing that is not told", async (file) => {
  const told = new Set([...(await exposition(undefined)).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  const asked = new Set(readFileSync(join(folder, file), "utf8").match(/natster_\w+/g));
  expect(asked.size).toBeGreaterThan(5);
  expect([...asked].filter((name) => !told.has(name))).toEqual([]);
});
