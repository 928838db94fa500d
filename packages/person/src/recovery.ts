/** Recovery: everything by which a person is a person, sealed under a passphrase, to be brought back anywhere. */
import { AccountKey } from "@natster/contracts";
import { keyFromSeed, openWithPassphrase, type PassphraseReason, sealWithPassphrase, userOf } from "@natster/trust";
import * as z from "zod";
import { CodeRecord, type CodeStore, DecidedClaim } from "./code-record.ts";

/** A person's keys and what goes with them. All of it is secret. */
export const PersonBackup = z.strictObject({
  account: AccountKey,
  /** The seed of the account key, where this device holds it. */
  accountSeed: z.string().optional(),
  /** The device's creds. */
  creds: z.string(),
  /** The page's or nats-server's addresses, as this device knows them. */
  servers: z.array(z.string()).default([]),
  /** Codes that were issued and are not answered yet. */
  codes: z.array(z.strictObject({ record: CodeRecord, claim: DecidedClaim.optional() })).default([]),
  /** Whom this person knows by which handle: the keys that were pinned. */
  pins: z.record(z.string(), AccountKey).default({}),
});
export type PersonBackup = z.infer<typeof PersonBackup>;

export type BackupReason =
  | PassphraseReason
  /** It was sealed under this passphrase, and is no backup of a person, or its keys do not belong together. */
  | "not_a_person";

/** Seals a backup. Whoever has the file and the passphrase is this person. */
export const exportPerson = (backup: PersonBackup, passphrase: string): Promise<string> =>
  sealWithPassphrase(new TextEncoder().encode(JSON.stringify(PersonBackup.parse(backup))), passphrase);

/** Opens a backup; its keys have been found to belong together. */
export async function importPerson(
  text: string,
  passphrase: string,
): Promise<{ readonly backup: PersonBackup; readonly refused?: undefined } | { readonly refused: BackupReason }> {
  const opened = await openWithPassphrase(text, passphrase);
  if (opened.refused !== undefined) return opened;
  try {
    const backup = PersonBackup.parse(JSON.parse(new TextDecoder().decode(opened.bytes)));
    const belongs = userOf(backup.creds).account === backup.account;
    const seed = backup.accountSeed;
    const holds = seed === undefined || keyFromSeed(seed, "account").public === backup.account;
    return belongs && holds ? { backup } : { refused: "not_a_person" };
  } catch {
    return { refused: "not_a_person" };
  }
}

/** What a store holds, for a backup. */
export async function codesOf(store: CodeStore): Promise<PersonBackup["codes"]> {
  const kept = await Promise.all(
    (await store.ids()).map(async (id) => ({ record: await store.get(id), claim: await store.decided(id) })),
  );
  return kept.flatMap(({ record, claim }) => (record ? [{ record, ...(claim && { claim }) }] : []));
}

/** Puts the codes of a backup into a store; what is there already stays. */
export async function restoreCodes({ codes }: PersonBackup, store: CodeStore): Promise<void> {
  for (const { record, claim } of codes) {
    if (await store.get(record.id)) continue;
    // The decision first: a record that is there without it could be decided anew.
    if (claim) await store.decide(record.id, claim);
    await store.save(record);
  }
}
