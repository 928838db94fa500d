import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { rootCertificates } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { readAuthority } from "./authority.ts";

const [one = "", other = ""] = rootCertificates;
const secret = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----\n";

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "natster-authority-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "ca.crt");
  writeFileSync(file, text);
  return file;
}

test("of a file its certificates are taken, and no key that lies beside them", async () => {
  const file = fileOf(`${one}\n${secret}${other}`);
  expect(await readAuthority(file)).toEqual({ file, pem: `${one}\n${other}\n` });
});

test.each([
  ["a key", secret],
  ["something else", "# notes\n"],
  ["a certificate that was cut short", one.replace(/\n[^\n]+\n[^\n]+\n(?=-----END)/, "\n")],
])("%s is refused by the name of its file", async (_, text) => {
  const file = fileOf(text);
  await expect(readAuthority(file)).rejects.toThrow(`${file} is no certificate in PEM`);
});

test("what is not there, or is a folder, is named", async () => {
  const folder = dirname(fileOf(""));
  await expect(readAuthority(join(folder, "none"))).rejects.toMatchObject({ path: join(folder, "none") });
  await expect(readAuthority(folder)).rejects.toThrow(`${folder} is no certificate in PEM`);
});
