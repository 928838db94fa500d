import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { base64urlnopad } from "@scure/base";
import { expect, test } from "vitest";
import { codeKeys, createCode } from "./code.ts";
import { createAnswerKey, sealAnswer } from "./code-answer.ts";
import { alice, bob, now, photos } from "./fixtures.ts";
import { signGrant } from "./grant.ts";

test("nothing but Ed25519, AES and scrypt of its own needs Node", async () => {
  const names = await readdir(import.meta.dirname);
  const sources = names.filter((name) => name.endsWith(".ts") && !name.includes(".test."));
  const texts = await Promise.all(sources.map((name) => readFile(`${import.meta.dirname}/${name}`, "utf8")));
  const needNode = sources.filter((_, index) => /from "node:|\b(Buffer|process)\./.test(texts[index] ?? ""));
  expect(needNode).toEqual(["aead.node.ts", "ed25519.node.ts", "scrypt.node.ts"]);
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

test("a browser derives the same keys from a code, and opens what Node sealed", async () => {
  const code = createCode("share");
  const keys = await codeKeys(code);
  const context = { id: code.id, claim: base64urlnopad.encode(new Uint8Array(32)), seal: keys.seal };
  const key = await createAnswerKey();
  const grant = signGrant(alice, { recipient: bob.public, catalog: photos, issuedAt: now });
  const answer = { purpose: "share", owner: alice.public, catalog: photos, grant } as const;
  const script = `
    import { codeKeys, openAnswer } from ${JSON.stringify(`${import.meta.dirname}/mod.ts`)};
    const keys = await codeKeys(${JSON.stringify(code)});
    const [sealed, key, { id, claim }] = ${JSON.stringify([await sealAnswer(answer, key.public, context), key, context])};
    console.log(JSON.stringify([
      import.meta.resolve("#scrypt").split("/").at(-1),
      [...keys.gate],
      await openAnswer(sealed, key, { id, claim, seal: keys.seal }),
    ]));
  `;
  const flags = ["--conditions=browser", "--input-type=module", "--no-warnings", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  expect(JSON.parse(stdout)).toEqual(["scrypt.browser.ts", [...keys.gate], { answer }]);
});
