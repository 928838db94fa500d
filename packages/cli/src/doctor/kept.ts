/** What a context keeps on the disk: keys, creds, and an authority. */
import { X509Certificate } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseCreds, readJwt } from "@natster/trust";
import { readAuthority } from "../context/authority.ts";
import type { Context } from "../context/context.ts";
import { anotherDevice } from "../explained.ts";
import { duration, shortPath } from "../output/words.ts";
import { failed, type Finding } from "./finding.ts";

/** Keys are for their owner's eyes. */
export async function privacy({ directory: folder }: Context): Promise<Finding> {
  const check = "secrets";
  const open: string[] = [];
  for (const name of await readdir(folder)) {
    const { mode } = await stat(join(folder, name));
    if ((mode & 0o077) !== 0) open.push(name);
  }
  return open.length === 0
    ? { check, state: "well", found: "nobody else may read them" }
    : { check, state: "wrong", found: `others may read ${open.join(", ")}`, next: `chmod -R go= ${folder}` };
}

/** Who signs what is shared. */
export async function key(context: Context): Promise<Finding> {
  const check = "account key";
  return (await context.accountKey())
    ? { check, state: "well", found: "on this machine: it signs what you share" }
    : { check, state: "warning", found: "not on this machine: what you share is signed elsewhere" };
}

/** Seconds. */
const soon = 7 * 86_400;

/** How long this device is let in. */
export async function device(context: Context): Promise<Finding> {
  const check = "device";
  const next = (await context.accountKey()) ? "natster devices renew" : anotherDevice;
  try {
    const claims = readJwt(parseCreds(await context.creds()).jwt);
    if (claims.refused !== undefined) return { check, state: "wrong", found: `its JWT is ${claims.refused}`, next };
    const left = claims.exp === undefined ? undefined : claims.exp - Date.now() / 1_000;
    if (left === undefined) return { check, state: "well", found: `${claims.name}, without an end` };
    if (left <= 0) return { check, state: "wrong", found: `${claims.name}, whose time has run out`, next };
    const found = `${claims.name}, for ${duration(left)}`;
    return left < soon ? { check, state: "warning", found, next } : { check, state: "well", found };
  } catch (error) {
    return failed(check, error);
  }
}

/** Which authority is believed besides those that everybody knows, and for how long; nothing where none is kept. */
export async function authority({ authority: kept }: Context): Promise<Finding[]> {
  if (!kept) return [];
  const check = "authority";
  const next = "the same with --ca FILE, the next ca.crt of whoever runs the system";
  try {
    const { validTo } = new X509Certificate((await readAuthority(kept.file)).pem);
    const left = (Date.parse(validTo) - Date.now()) / 1_000;
    const file = shortPath(kept.file);
    if (left <= 0) return [{ check, state: "wrong", found: `${file}, whose time has run out`, next }];
    const found = `${file}, for ${duration(left)}`;
    return [left < soon ? { check, state: "warning", found, next } : { check, state: "well", found }];
  } catch (error) {
    return [failed(check, error)];
  }
}
