/**
 * The operator's keys over the years: moving to the reserve when the key in use has to go, naming a new reserve, and
 * keeping all of it where a lost disk does not take it. docs/operator.md says when to do what.
 */
import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { claimsUpdate, inbox, inboxPrefix, serversAsked } from "@natster/contracts/borders";
import { readIfThere, unlessMissing } from "@natster/files/if-there";
import { believed } from "@natster/micro/believed";
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
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import * as z from "zod";
import { settingsFile } from "./directory/settings.ts";
import { Installation, mainFile, paths, replaceSecret, writeMain } from "./installation.ts";

/** It cannot be done as things are; `next` says what to do first, where that is known. */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
  readonly next: string | undefined;

  constructor(message: string, next?: string) {
    super(message);
    this.next = next;
  }
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
 * Throws `OperatorError`, and changes nothing, where there is no reserve, and where one of the `servers` does not believe
 * it: a nats-server knows the reserve of the last renewal only once it was started again.
 */
export async function rotateSigningKey(
  directory: string,
  { servers, ca }: { readonly servers?: string | string[]; readonly ca?: string | undefined } = {},
): Promise<Rotation> {
  const { signingKey, offline } = paths(directory);
  if (!existsSync(mainFile(directory))) throw new OperatorError(`there is no operator in ${directory}`);
  const used = keyFromSeed(await readFile(signingKey, "utf8"), "operator");
  const seed = await readIfThere(offline("reserve"));
  if (seed === undefined) {
    throw new OperatorError("there is no reserve: it is in use already", `natster operator renew ${directory}`);
  }
  const reserve = keyFromSeed(seed, "operator");
  const retired = await readIfThere(offline("retired"));
  const was = used.public === reserve.public && retired ? keyFromSeed(retired, "operator") : used;

  const installation = Installation.parse(JSON.parse(await readFile(mainFile(directory), "utf8")));
  const preload = Object.fromEntries(
    Object.entries(installation.preload).map(([account, jwt]) => {
      const signed = resignAccount(jwt, { by: reserve, instead: was.public });
      if (signed.refused !== undefined) throw new OperatorError(`the JWT of ${account} is ${signed.refused}`);
      return [account, signed.jwt];
    }),
  );
  await using system =
    servers === undefined ? undefined : await asSystem(servers, ca, await readFile(offline("system"), "utf8"));
  if (system) await assertBelieved(system, reserve.public);
  // The old seed is kept before the new one takes its place, and the reserve is given up last.
  await replaceSecret(offline("retired"), was.seed());
  await replaceSecret(signingKey, reserve.seed());
  await writeMain(directory, { ...installation, preload });
  if (system) await push(system, Object.values(preload));
  await rm(offline("reserve"));
  return { was: was.public, is: reserve.public };
}

/** What became of naming a new reserve. */
export interface Renewal {
  readonly operatorJwt: string;
  /** The public keys: of the new reserve, and of the one that was rotated away from and is named no more. */
  readonly reserve: string;
  readonly retired?: string;
}

/**
 * Names a new reserve beside the key in use, and no other: what was used before is worth nothing once every nats-server
 * has been started again with the operator JWT that is returned. The operator's own key is needed for it.
 */
export async function renewReserve(directory: string): Promise<Renewal> {
  const { signingKey, offline } = paths(directory);
  if (!existsSync(mainFile(directory))) throw new OperatorError(`there is no operator in ${directory}`);
  if (await readIfThere(offline("reserve"))) {
    throw new OperatorError("there is a reserve already", `natster operator rotate ${directory}`);
  }
  const installation = Installation.parse(JSON.parse(await readFile(mainFile(directory), "utf8")));
  const own = await readIfThere(offline("operator"));
  if (own === undefined)
    throw new OperatorError("the operator's own key is kept elsewhere: put offline/ back for this");
  const operator = keyFromSeed(own, "operator");
  const retired = await readIfThere(offline("retired"));
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
  await writeMain(directory, { ...installation, operatorJwt: jwt });
  await replaceSecret(offline("reserve"), reserve.seed());
  await rm(offline("retired"), { force: true });
  return { operatorJwt: jwt, reserve: reserve.public, ...(retired && { retired: keyFromSeed(retired).public }) };
}

/** Every file of an installation, by its path inside the directory. */
const Files = z.record(z.string().regex(/^(?:[\w-]+\/)?[\w.-]+$/), z.string());

/** Seals everything that the operator made under a passphrase: whoever has both is the operator. */
export async function backupOperator(directory: string, passphrase: string): Promise<string> {
  // Where it is reached stays as it is, too: one machine keeps that otherwise than several.
  const names = ["installation.json", settingsFile, "nats-server.conf", "trust.conf"];
  for (const folder of ["creds", "operator", "offline", "services"]) {
    const found = await readdir(join(directory, folder)).catch(unlessMissing);
    names.push(...(found ?? []).map((name) => `${folder}/${name}`));
  }
  const there = names.filter((name) => existsSync(join(directory, name)));
  const files = await Promise.all(there.map(async (name) => [name, await readFile(join(directory, name), "utf8")]));
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
  if (await readIfThere(mainFile(directory))) {
    throw new OperatorError(`${directory} holds an installation already`);
  }
  const { "installation.json": _, ...secrets } = files.data;
  for (const [name, secret] of Object.entries(secrets)) await replaceSecret(join(directory, name), secret);
  // Last: where it is, everything is.
  await replaceSecret(mainFile(directory), main);
  return {};
}

/** Connects as a user made for it, that may do nothing else in the system account. */
function asSystem(servers: string | string[], ca: string | undefined, seed: string): Promise<NatsConnection> {
  const key = createKey("user");
  const jwt = userJwt(keyFromSeed(seed, "account"), {
    user: key.public,
    name: "operator rotate",
    permissions: { pub: { allow: [claimsUpdate, serversAsked] }, sub: { allow: [inbox(key.public)] } },
    issuedAt: Math.floor(Date.now() / 1000),
  });
  return connect({
    servers,
    authenticator: authenticator({ jwt, key }),
    inboxPrefix: inboxPrefix(key.public),
    name: "operator rotate",
    ...(ca !== undefined && { tls: { ca } }),
  });
}

/** Throws `OperatorError` unless every nats-server believes a key. */
async function assertBelieved(system: NatsConnection, key: string): Promise<void> {
  const { answered, against } = await believed(system, key);
  if (answered === 0) throw new OperatorError("no nats-server says whom it believes; nothing was changed");
  if (against.length === 0) return;
  throw new OperatorError(
    `nats-server does not believe the reserve yet (${against.join(", ")}); nothing was changed`,
    "natster down and natster up, where natster up runs it; else start every nats-server again, one after another: so it learns of the last renewal; then the same again",
  );
}

/** Tells nats-server of account JWTs. */
async function push(system: NatsConnection, jwts: readonly string[]): Promise<void> {
  for (const jwt of jwts) {
    const answer = (await system.request(claimsUpdate, jwt, { timeout: 5_000 })).json<Answer>();
    if (answer.data?.code !== 200) throw new OperatorError(`nats-server refused: ${answer.error?.description}`);
  }
}

interface Answer {
  readonly data?: { readonly code: number };
  readonly error?: { readonly description: string };
}
