/** The page's certificate and key. */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { ConfigError } from "@natster/micro";

/** A certificate and its key in PEM, and when the certificate ends, in seconds since 1970. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
  readonly ends: number;
}

/** Reads them from their files; undefined where none are named. Throws `ConfigError` where they are no pair. */
export async function readTls(cert: string | undefined, key: string | undefined): Promise<Tls | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new ConfigError("WEB_TLS_CERT and WEB_TLS_KEY need each other");
  try {
    const pair = { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
    createSecureContext(pair);
    return { ...pair, ends: Date.parse(new X509Certificate(pair.cert).validTo) / 1_000 };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${cert} and ${key} are no certificate and key: ${why}`, { cause });
  }
}
