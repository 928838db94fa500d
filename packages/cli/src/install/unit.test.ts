import { CatalogName } from "@natster/contracts";
import { expect, test } from "vitest";
import { renderUnit, unitName } from "./unit.ts";

test("a unit starts the same command for its context, whatever stands in paths", () => {
  const unit = renderUnit({
    context: "home",
    command: ["/opt/node 24/bin/node", "/opt/natster.mjs"],
    folders: [{ catalog: CatalogName.parse("photos"), root: '/home/a/100% "写真" $HOME' }],
    workers: 1,
    environment: { XDG_CONFIG_HOME: "/home/a/.config" },
  });
  expect(unitName("home")).toBe("natster-serve-home.service");
  expect(unit).toContain(
    String.raw`ExecStart="/opt/node 24/bin/node" "/opt/natster.mjs" "--context" "home" "serve" "photos=/home/a/100%% \"写真\" $$HOME"`,
  );
  expect(unit).toContain('Environment="XDG_CONFIG_HOME=/home/a/.config"\n');
  expect(unit).toMatch(/^Restart=always$/m);
});

test("what it is told of processes and of how much they send stands there too", () => {
  const unit = renderUnit({
    context: "home",
    command: ["natster"],
    folders: [],
    workers: 4,
    limitRate: 1_500_000,
    environment: {},
  });
  expect(unit).toContain('ExecStart="natster" "--context" "home" "serve" "--workers" "4" "--limit-rate" "1500k"\n');
});
