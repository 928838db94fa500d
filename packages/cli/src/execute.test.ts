/** How a command ends: here with an error that it could not catch. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const program = `
import { once } from "node:events";
import { execute } from ${JSON.stringify(import.meta.resolve("./execute.ts"))};
import * as z from ${JSON.stringify(import.meta.resolve("zod"))};
const run = async ({ signal }) => {
  void Promise.reject(new Error("lost"));
  await once(signal, "abort");
  console.log("all in order");
};
const command = { input: z.object({}), output: z.object({}), examples: [], show() {}, run };
process.exitCode = await execute({ name: "lab", command, input: {}, globals: {} });
`;

test("a command that has an error nobody caught says so, ends in order, and with 1", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  expect({ out, err, code }).toEqual({
    out: "all in order\n",
    err: expect.stringMatching(/^natster: it cannot go on[^\n]*\n {2}because: lost\n {2}next: {4}[^\n]*\n$/),
    code: 1,
  });
});
