import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { sessionVectors } from "./session-vectors.fixture.ts";

/** What stands in the document. */
async function written(): Promise<unknown> {
  const text = await readFile(join(import.meta.dirname, "../../../docs/session.md"), "utf8");
  return JSON.parse(/```json vectors\n([\s\S]*?)```/.exec(text)?.[1] ?? "");
}

test("Node's cryptography works out the test vectors of docs/session.md", async () => {
  expect(await sessionVectors()).toEqual(await written());
});

test("and so does a browser's", async () => {
  const script = `
    import { sessionVectors } from ${JSON.stringify(`${import.meta.dirname}/session-vectors.fixture.ts`)};
    console.log(JSON.stringify([import.meta.resolve("#aead").split("/").at(-1), await sessionVectors()]));
  `;
  const flags = ["--conditions=browser", "--input-type=module", "--no-warnings", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  expect(JSON.parse(stdout)).toEqual(["aead.browser.ts", await written()]);
});
