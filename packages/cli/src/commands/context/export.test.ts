import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeContext } from "../../context/context.ts";
import { made, ownHome } from "../../context/home.fixture.ts";
import { rememberingUi } from "../../output/ui.fixture.ts";
import command from "./export.ts";

test("what is there already is not written over, and nobody is asked for a passphrase", async () => {
  const home = ownHome();
  await writeContext("home", made());
  const file = join(home, "me.natster");
  writeFileSync(file, "another account");

  const within = (usual: number) => usual;
  const exporting = command.run({
    input: { output: file },
    globals: { context: "home", ca: undefined, json: false, quiet: false, debug: false, timeout: 1_000, within },
    ui: rememberingUi(),
    signal: new AbortController().signal,
    say: () => {},
  });
  await expect(exporting).rejects.toMatchObject({ message: `${file} is there already`, next: "choose another name" });
  expect(readFileSync(file, "utf8")).toBe("another account");
});
