import { expect, test } from "vitest";
import { rememberingUi } from "../../output/ui.fixture.ts";
import { ReferenceTyped } from "../../system/reference.ts";
import command from "./describe.ts";

/** What is said of a description that is too long, however long it is. */
async function saidOf(what: string, length: number): Promise<unknown> {
  const describing = command.run({
    input: { what: ReferenceTyped.parse(what), text: "a".repeat(length) },
    globals: {
      context: "none",
      ca: undefined,
      json: false,
      quiet: false,
      debug: false,
      timeout: 1_000,
      within: (usual) => usual,
    },
    ui: rememberingUi(),
    signal: new AbortController().signal,
    say: () => {},
  });
  return describing.catch((error: unknown) => (error instanceof Error ? error.message : error));
}

test("how long a description may be is said of what is described, whatever was typed", async () => {
  for (const length of [257, 513, 10_000])
    expect(await saidOf("photos", length)).toBe("a catalog's description has at most 256 characters");
  expect(await saidOf("photos/a.jpg", 513)).toBe("a file's description has at most 512 characters");
});
