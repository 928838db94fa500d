/**
 * The operator's keys over the years: moving to the reserve when the key in use has to go, naming a new reserve, and
 * keeping all of it where a lost disk does not take it. docs/operator.md says when to do what.
 */
import { existsSync } from "node:fs";
import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder } from "@natster/files/make-folder";
import { claimsUpdate, inbox, inboxPrefix } from "@natster/contracts/borders";
import {
  authenticator,
  createKey,
  keyFromSeed,
  openWithPassphrase,
  operatorJwt,
  type PassphraseReason,
  resignAccount,
  sealWithPassphrase,
  userJwt,
} from "@natster/trust";
import { connect } from "@nats-io/transport-node";
import * as z from "zod";
import { settingsFile } from "./directory/settings.ts";
import { Installation, mainFile, paths } from "./installation.ts";

/** It cannot be done as things are; the message says what to do first. */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
}

/** What became of a rotation. */
export interface Rotation {
  /** The public keys: who signed until now, and who signs from now on. */
  readonly was: string;
  readonly is: string;
}

/**
 * Moves to the reserve: its seed takes the place of the one in use, which every running `accounts` notices by itself,
 * signing every person's account JWT anew. The operator's own accounts are signed anew here, and pushed where `servers`
 * are given. Nobody is disconnected, and nothing has to be restarted. It can be repeated where it was interrupted.
 *
 * Throws `OperatorError` where there is no reserve: it is in use already.
 */
export async function rotateSigningKey(
  directory: string,
  { servers }: { readonly servers?: string | string[] } = {},
): Promise<Rotation> {
  const { signingKey, offline } = paths(directory);
  const used = keyFromSeed(await readFile(signingKey, "utf8"), "operator");
  const seed = await readFile(offline("reserve"), "utf8").catch(() => undefined);
  if (seed === undefined) throw new OperatorError("there is no reserve: name a new one first, with a rolling restart");
  const reserve = keyFromSeed(seed, "operator");
  const retired = await readFile(offline("retired"), "utf8").catch(() => undefined);
  const was = used.public === reserve.public && retired ? keyFromSeed(retired, "operator") : used;

  const installation = Installation.parse(JSON.parse(await readFile(mainFile(directory), "utf8")));
  const preload = Object.fromEntries(
    Object.entries(installation.preload).map(([account, jwt]) => {
      const signed = resignAccount(jwt, { by: reserve, instead: was.public });
      if (signed.refused !== undefined) throw new OperatorError(`the JWT of ${account} is ${signed.refused}`);
      return [account, signed.jwt];
    }),
  );
  // The old seed is kept before the new one takes its place, and the reserve is given up last.
  await writeSecret(offline("retired"), was.seed());
  await writeSecret(signingKey, reserve.seed());
  await writeSecret(mainFile(directory), JSON.stringify({ ...installation, preload }, null, 2));
  if (servers !== undefined) await push(servers, await readFile(offline("system"), "utf8"), Object.values(preload));
  await rm(offline("reserve"));
  return { was: was.public, is: reserve.public };
}

/**
 * Names a new reserve beside the key in use, and no other: what was used before is worth nothing once every nats-server
 * has been started again with the operator JWT that is returned. The operator's own key is needed for it.
 */
export async function renewReserve(directory: string): Promise<{ readonly operatorJwt: string }> {
  const { signingKey, offline } = paths(directory);
  if (await readFile(offline("reserve"), "utf8").catch(() => undefined)) {
    throw new OperatorError("there is a reserve already: rotate first");
  }
  const installation = Installation.parse(JSON.parse(await readFile(mainFile(directory), "utf8")));
  const operator = keyFromSeed(await readFile(offline("operator"), "utf8"), "operator");
  const signing = keyFromSeed(await readFile(signingKey, "utf8"), "operator");
  const reserve = createKey("operator");
  const jwt = operatorJwt(
    {
      name: "natster",
      signingKeys: [signing.public, reserve.public],
      systemAccount: installation.systemAccount,
    },
    operator,
    Math.floor(Date.now() / 1000),
  );
  await writeSecret(mainFile(directory), JSON.stringify({ ...installation, operatorJwt: jwt }, null, 2));
  await writeSecret(offline("reserve"), reserve.seed());
  await rm(offline("retired"), { force: true });
  return { operatorJwt: jwt };
}

/** Every file of an installation, by its path inside the directory. */
const Files = z.record(z.string().regex(/^(?:[\w-]+\/)?[\w.-]+$/), z.string());

/** Seals everything that the operator made under a passphrase: whoever has both is the operator. */
export async function backupOperator(directory: string, passphrase: string): Promise<string> {
  // Where it is reached stays as it is, too; one of several machines has no such file.
  const names = ["installation.json", ...(existsSync(join(directory, settingsFile)) ? [settingsFile] : [])];
  for (const folder of ["creds", "operator", "offline"]) {
    names.push(...(await readdir(join(directory, folder))).map((name) => `${folder}/${name}`));
  }
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), "utf8")]));
  return sealWithPassphrase(new TextEncoder().encode(JSON.stringify(Object.fromEntries(files))), passphrase);
}

/** Puts a backup into a directory that has no installation yet. Throws `OperatorError` where it has one. */
export async function restoreOperator(
  text: string,
  passphrase: string,
  directory: string,
): Promise<{ readonly refused?: PassphraseReason | "not_an_operator" }> {
  const opened = await openWithPassphrase(text, passphrase);
  if (opened.refused !== undefined) return opened;
  const files = Files.safeParse(JSON.parse(new TextDecoder().decode(opened.bytes)));
  const main = files.data?.["installation.json"];
  if (!files.success || main === undefined) return { refused: "not_an_operator" };
  if (await readFile(mainFile(directory), "utf8").catch(() => undefined)) {
    throw new OperatorError(`${directory} holds an installation already`);
  }
  const { "installation.json": _, ...secrets } = files.data;
  for (const [name, secret] of Object.entries(secrets)) await writeSecret(join(directory, name), secret);
  // Last: where it is, everything is.
  await writeSecret(mainFile(directory), main);
  return {};
}

/** Tells nats-server of account JWTs, as a user made for it that may do nothing else in the system account. */
async function push(servers: string | string[], seed: string, jwts: readonly string[]): Promise<void> {
  const key = createKey("user");
  const jwt = userJwt(keyFromSeed(seed, "account"), {
    user: key.public,
    name: "operator rotate",
    permissions: { pub: { allow: [claimsUpdate] }, sub: { allow: [inbox(key.public)] } },
    issuedAt: Math.floor(Date.now() / 1000),
  });
  const connection = await connect({
    servers,
    authenticator: authenticator({ jwt, key }),
    inboxPrefix: inboxPrefix(key.public),
    name: "operator rotate",
  });
  try {
    for (const jwt of jwts) {
      const answer = (await connection.request(claimsUpdate, jwt, { timeout: 5_000 })).json<Answer>();
      if (answer.data?.code !== 200) throw new OperatorError(`nats-server refused: ${answer.error?.description}`);
    }
  } finally {
    await connection.close();
  }
}

interface Answer {
  readonly data?: { readonly code: number };
  readonly error?: { readonly description: string };
}

/** Writes a secret whole, synced, in one step; in folders that are their owner's alone. */
async function writeSecret(path: string, text: string): Promise<void> {
  makeFolder(dirname(path), 0o700);
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  {
    await using file = await open(fresh, "wx", 0o600);
    await file.writeFile(`${text.trimEnd()}\n`);
    await file.sync();
  }
  await rename(fresh, path);
}
