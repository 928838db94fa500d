/** What an index leaves out, and why. */

/** Why something in the folder is not in the index. */
export type OmissionReason =
  /** A link that leads out of the root. */
  | "outside"
  /** A link to a folder that contains it, or to itself. */
  | "cycle"
  /** A link to a folder, met inside another linked folder: following those could multiply without end. */
  | "nested_link"
  /** A link to something that is hidden or ignored where it really is. */
  | "hidden_target"
  /** A link to nothing. */
  | "dangling"
  /** A name that is not UTF-8, or a path that is too long. */
  | "name"
  /** A socket, pipe or device. */
  | "special"
  /** The system does not let it be read. */
  | "unreadable"
  /** It was written to while it was hashed. */
  | "changing";

/** One thing that was left out. */
export interface Omission {
  readonly reason: OmissionReason;
  /** Where, as far as it can be written. */
  readonly path: string;
  /** What the system said, such as `EACCES`. */
  readonly code?: string;
}

/** Counts what is left out, and keeps the first few as examples: their number has no bound. */
export class Omissions {
  readonly counts: Partial<Record<OmissionReason, number>> = {};
  readonly examples: Omission[] = [];

  add(omission: Omission): void {
    this.counts[omission.reason] = (this.counts[omission.reason] ?? 0) + 1;
    if (this.examples.length < 100) this.examples.push(omission);
  }
}

/** The system's own word for what went wrong, such as `ENOENT`. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

/** An omission for something that the system refused. */
export const unreadable = (path: string, error: unknown): Omission => {
  const code = codeOf(error);
  return { reason: "unreadable", path, ...(code !== undefined && { code }) };
};
