import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { alice, bob, now, photos } from "./fixtures.ts";
import { signGrant } from "./grant.ts";

test("nothing but its own Ed25519 needs Node", async () => {
  const names = await readdir(import.meta.dirname);
  const sources = names.filter((name) => name.endsWith(".ts") && !name.includes(".test."));
  const texts = await Promise.all(sources.map((name) => readFile(`${import.meta.dirname}/${name}`, "utf8")));
  const needNode = sources.filter((_, index) => /from "node:|\b(Buffer|process)\./.test(texts[index] ?? ""));
  expect(needNode).toEqual(["ed25519.node.ts"]);
});

test("a browser signs the same grant, byte for byte, and reads Node's", async () => {
  const request = { recipient: bob.public, catalog: photos, issuedAt: now };
  const grant = signGrant(alice, request);
  const script = `
    import { keyFromSeed, readGrant, signGrant } from ${JSON.stringify(`${import.meta.dirname}/mod.ts`)};
    const owner = keyFromSeed(${JSON.stringify(alice.seed())}, "account");
    const check = { owner: owner.public, catalog: "photos", now: ${now} };
    console.log(JSON.stringify([
      import.meta.resolve("#ed25519").split("/").at(-1),
      signGrant(owner, ${JSON.stringify(request)}),
      readGrant(${JSON.stringify(grant)}, check),
    ]));
  `;
  const flags = ["--conditions=browser", "--input-type=module", "--no-warnings", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  expect(JSON.parse(stdout)).toEqual(["ed25519.browser.ts", grant, { recipient: bob.public, issuedAt: now }]);
});
