/** The page's certificate and key. */
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { ConfigError } from "@natster/micro";

/** Reads them from their files; undefined where none are named. Throws `ConfigError` where they are no pair. */
export async function readTls(
  cert: string | undefined,
  key: string | undefined,
): Promise<{ readonly cert: string; readonly key: string } | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new ConfigError("WEB_TLS_CERT and WEB_TLS_KEY need each other");
  try {
    const pair = { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
    createSecureContext(pair);
    return pair;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${cert} and ${key} are no certificate and key: ${why}`, { cause });
  }
}
