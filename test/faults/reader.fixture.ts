/** What a reader is told, and what it tells: between this process and those of readers. */
import type { Mirrored } from "@natster/files/download";
import type { Place } from "@natster/person";

/** What it is told. */
export interface Order {
  readonly place: Omit<Place, "dial">;
  /** Path of the reading device's creds. */
  readonly creds: string;
  readonly owner: string;
  readonly catalog: string;
  readonly target: string;
}

/** How far it is, and at last how it ended. */
export type Told = { readonly bytes: number } | { readonly ended: string };

/** `done`, or each file that failed and why. */
export const toldOf = (failures: Mirrored["failures"]): string =>
  failures.map(({ step: { path }, error }) => `${path}: ${nameOf(error)}`).join("; ") || "done";

/** An error's name, and the reason of a refusal. Throws what is no error. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  return "reason" in error ? `${error.name} ${String(error.reason)}` : error.name;
}
