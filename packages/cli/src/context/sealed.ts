/** Why a sealed file cannot be opened, and what to do about it. */
import type { BackupReason } from "@natster/person";
import { Failure } from "../failure.ts";

type Reason = BackupReason | "not_an_operator";

const whys: Readonly<Record<Reason, { readonly why: string; readonly next: string }>> = {
  passphrase_wrong: {
    why: "the passphrase is another",
    next: "the same again, with the passphrase that it was sealed under",
  },
  damaged: { why: "it is damaged: something in it was lost or changed", next: "the same with another copy of it" },
  not_sealed: { why: "it is no sealed file of Natster's, or of a newer one", next: "look at which file it is" },
  not_a_person: { why: "it holds no account", next: "natster operator restore, where it holds an operator" },
  not_an_operator: { why: "it holds no operator", next: "natster context import, where it holds an account" },
};

/** The failure that says so. */
export function cannotOpen(file: string, reason: Reason): Failure {
  const { why, next } = whys[reason];
  return new Failure(`${file} cannot be opened: ${why}`, { next });
}
