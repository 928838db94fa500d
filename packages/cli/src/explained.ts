/** An error in words: what happened, why, and what to type next. */
export interface Explained {
  readonly what: string;
  readonly why?: string;
  readonly next?: string;
}

/** What to type where a stream, a bucket or a durable is gone. */
export const provideAgain = "natster down && natster up, or natster operator provision, which make what is missing";

/** What to type where this device is let in no more, and the account's key is elsewhere. */
export const anotherDevice =
  "natster login on another device of yours, and here: natster redeem LINK --context ANOTHER";
