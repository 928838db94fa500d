/** What may come over the wire. */
import fc from "fast-check";

/** Anything at all, and JSON that says anything. */
export const anyBytes = fc.oneof(
  fc.uint8Array(),
  fc.json().map((text) => new TextEncoder().encode(text)),
);
