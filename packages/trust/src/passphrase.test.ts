import { expect, test } from "vitest";
import { openWithPassphrase, sealWithPassphrase } from "./passphrase.ts";

const bytes = new TextEncoder().encode("the keys of the house");
const sealed = await sealWithPassphrase(bytes, "Schlüssel ﬁnden");
const changed = (change: object, kdf: object = {}) => {
  const said = JSON.parse(sealed) as { kdf: object };
  return JSON.stringify({ ...said, ...change, kdf: { ...said.kdf, ...kdf } });
};

test("what was sealed is opened with the same passphrase, however its letters were typed", async () => {
  expect(await openWithPassphrase(sealed, "Schlüssel finden".normalize("NFD"))).toEqual({ bytes });
  expect(sealed).not.toContain("keys of the house");
});

test("a wrong passphrase is told from a damaged file, and that from something else", async () => {
  expect(await openWithPassphrase(sealed, "Schlussel finden")).toEqual({ refused: "passphrase_wrong" });
  const { data } = JSON.parse(sealed) as { data: string };
  const other = data.startsWith("A") ? `B${data.slice(1)}` : `A${data.slice(1)}`;
  for (const damaged of [
    changed({ data: other }),
    changed({ data: data.slice(2) }),
    changed({}, { r: 9 }),
    sealed.slice(0, -20),
  ])
    expect(await openWithPassphrase(damaged, "Schlüssel finden")).toEqual({ refused: "damaged" });
  for (const something of [
    "",
    "{}",
    sealed.slice(0, 9),
    changed({ format: "natster/sealed/2" }),
    changed({}, { N: 2 ** 30 }),
  ])
    expect(await openWithPassphrase(something, "Schlüssel finden")).toEqual({ refused: "not_sealed" });
});

test("the same is sealed to other bytes each time", async () => {
  expect(await sealWithPassphrase(bytes, "Schlüssel ﬁnden")).not.toBe(sealed);
});
