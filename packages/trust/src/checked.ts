/** What a check answers: the facts that it proved, or the name of the reason for which it refuses. */
export type Checked<Facts extends object, Reason extends string> =
  | (Facts & { readonly refused?: undefined })
  | Refused<Reason>;

export interface Refused<Reason extends string> {
  readonly refused: Reason;
}

/** Refuses, by name. */
export const refused = <Reason extends string>(reason: Reason): Refused<Reason> => ({ refused: reason });
