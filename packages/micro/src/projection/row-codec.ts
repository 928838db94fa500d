/** How a row stands in its bucket: with the last event that it has seen, which stays as a fence where the row is gone. */
import type { StoredMsg } from "@nats-io/jetstream";

/** What is stored under a key. */
export interface Body<R> {
  readonly sequence: number;
  readonly row?: R;
}

/** What is stored; undefined where it cannot be read. */
export function readBody<R>(stored: StoredMsg): Body<R> | undefined {
  // Where a row ran out by itself, nats-server leaves a marker without a body.
  if (stored.data.length === 0) return { sequence: 0 };
  try {
    const body = stored.json<Body<R> | null>();
    return typeof body?.sequence === "number" ? body : undefined;
  } catch {
    return undefined;
  }
}

const utf8 = new TextEncoder();

/** A row as it is stored, or the fence where one was. */
export const bytesOf = <R>(row: R | undefined, sequence: number): Uint8Array =>
  utf8.encode(JSON.stringify({ sequence, ...(row !== undefined && { row }) } satisfies Body<R>));

/** Readers of key-value buckets see no key where a row is gone; its fence stays. */
export const gone = (how: "DEL" | "PURGE") => ["KV-Operation", how] as const;
