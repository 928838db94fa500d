/** How requests and replies are written: JSON, or bytes as they are where the contract says `Bytes`. */
import { Bytes } from "@natster/contracts";
import type * as z from "zod";

const text = new TextDecoder("utf-8", { fatal: true });
const utf8 = new TextEncoder();

/** Writes a value that has already passed its schema. */
export const encode = (schema: z.ZodType, value: unknown): Uint8Array =>
  isBytes(schema) ? (value as Uint8Array) : utf8.encode(JSON.stringify(value));

/** A value that fits its schema, or what is wrong with it. */
export type Decoded<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly issues: Issue[] };
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** Reads a value and checks it against its schema; what is malformed comes back as an issue, never as an exception. */
export function decode<S extends z.ZodType>(schema: S, data: Uint8Array): Decoded<z.infer<S>> {
  if (isBytes(schema)) return { success: true, data: data as z.infer<S> };
  let value: unknown;
  try {
    // An empty payload is how `nats req` asks without a body.
    value = data.length === 0 ? {} : JSON.parse(text.decode(data));
  } catch {
    return { success: false, issues: [{ path: "", message: "not JSON in UTF-8" }] };
  }
  const checked = schema.safeParse(value);
  return checked.success ? checked : { success: false, issues: issuesOf(checked.error) };
}

const isBytes = (schema: z.ZodType): boolean => schema === (Bytes as z.ZodType);

/** The issues of a failed check, as they travel: where, and what. */
export const issuesOf = (error: z.ZodError): Issue[] =>
  error.issues.slice(0, 10).map(({ path, message }) => ({ path: path.join("."), message }));
