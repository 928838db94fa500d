/** An error in words: what happened, why, and what to type next. */
export interface Explained {
  readonly what: string;
  readonly why?: string;
  readonly next?: string;
}
