/** How requests and replies are written: JSON, or bytes as they are where the contract says `Bytes`. */
import { Bytes } from "@natster/contracts";
import * as z from "zod";

const text = new TextDecoder("utf-8", { fatal: true });
const utf8 = new TextEncoder();
const Anything = z.unknown();

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

/**
 * Reads a reply. A newer service may say more than this side knows of; that is passed over, at any depth, so that
 * services are replaced one after another. Requests are read by `decode`, which refuses what it does not know.
 */
export function decodeReply<S extends z.ZodType>(schema: S, data: Uint8Array): Decoded<z.infer<S>> {
  if (isBytes(schema)) return { success: true, data: data as z.infer<S> };
  const read = decode(Anything, data);
  if (!read.success) return read;
  let checked = schema.safeParse(read.data);
  // Each turn drops what the one before found: what is unknown at one place may hide more behind it.
  while (!checked.success) {
    const unknown = checked.error.issues.filter((issue) => issue.code === "unrecognized_keys");
    if (unknown.length === 0) return { success: false, issues: issuesOf(checked.error) };
    for (const { path, keys } of unknown) dropKeys(read.data, path, keys);
    checked = schema.safeParse(read.data);
  }
  return checked;
}

/** Takes properties out of an object that lies at a path. */
function dropKeys(value: unknown, path: readonly PropertyKey[], keys: readonly string[]): void {
  const at = path.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), value);
  for (const key of keys) Reflect.deleteProperty(Object(at), key);
}

const isBytes = (schema: z.ZodType): boolean => schema === (Bytes as z.ZodType);

/** The issues of a failed check, as they travel: where, and what. */
export const issuesOf = (error: z.ZodError): Issue[] =>
  error.issues.slice(0, 10).map(({ path, message }) => ({ path: path.join("."), message }));
