/** An error in words: what happened, why, and what to type next. */
export interface Explained {
  readonly what: string;
  readonly why?: string;
  readonly next?: string;
}

/** In one line, where there is no room for more. */
export const inALine = ({ what, why }: Explained): string => (why === undefined ? what : `${what}: ${why}`);

/** What to type where a stream, a bucket or a durable is gone. */
export const provideAgain = "natster down && natster up, or natster operator provision, which make what is missing";

/** Of whom nothing is known, nats-server says no more than that: also where its volume was lost, and nothing restored yet. */
export const whyTurnedAway =
  "it was revoked, or its account was closed or suspended, or the system has lost what it knew of them";

/** What to type where this device is let in no more, and the account's key is elsewhere. */
export const anotherDevice =
  "natster login on another device of yours, and here: natster redeem LINK --context ANOTHER";
