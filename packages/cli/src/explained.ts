/** An error in words: what happened, why, and what to type next. */
export interface Explained {
  readonly what: string;
  readonly why?: string;
  readonly next?: string;
}

/** What to type where this device is let in no more, and the account's key is elsewhere. */
export const anotherDevice =
  "natster login on another device of yours, and here: natster redeem LINK --context ANOTHER";
