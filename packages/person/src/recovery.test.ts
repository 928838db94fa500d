import { CodeId } from "@natster/contracts";
import { createKey, sealWithPassphrase } from "@natster/trust";
import { expect, test } from "vitest";
import { memoryCodeStore } from "./code-record.ts";
import { createDevice } from "./person.ts";
import { codesOf, exportPerson, importPerson, type PersonBackup, restoreCodes } from "./recovery.ts";

const account = createKey("account");
const key32 = "A".repeat(43);
const record = {
  id: CodeId.parse("D7KQ2M4T"),
  gift: { purpose: "device", role: "browser", maySign: false, administrator: false, name: "phone" },
  peer: key32,
  seal: key32,
  expires: 7,
} as const;
const claim = { hash: key32, transcript: { user: createKey("user").public, answerTo: key32 }, at: 5 };
const backup: PersonBackup = {
  account: account.public,
  accountSeed: account.seed(),
  creds: createDevice(account, { name: "laptop", role: "owner" }),
  servers: ["nats://localhost"],
  codes: [{ record, claim }],
  pins: {},
};

test("a person survives being sealed and opened", async () => {
  expect(await importPerson(await exportPerson(backup, "x"), "x")).toEqual({ backup });
});

test("keys that do not belong together are no person, and neither is anything else under a passphrase", async () => {
  const other = createKey("account");
  const seal = (value: unknown) => sealWithPassphrase(new TextEncoder().encode(JSON.stringify(value)), "x");
  const impostors = [
    { ...backup, accountSeed: other.seed() },
    { ...backup, account: other.public },
    { ...backup, creds: "none" },
    { account: account.public },
    7,
  ];
  for (const impostor of impostors)
    expect(await importPerson(await seal(impostor), "x")).toEqual({ refused: "not_a_person" });
});

test("codes are restored with what was decided about them, and what is there already stays", async () => {
  const [one, other] = [memoryCodeStore(), memoryCodeStore()];
  await restoreCodes(backup, one);
  expect(await codesOf(one)).toEqual(backup.codes);
  await other.save({ ...record, expires: 9 });
  await restoreCodes(backup, other);
  expect(await codesOf(other)).toEqual([{ record: { ...record, expires: 9 } }]);
});
