/** An installation on disk: everything that the operator made, each secret in a file of its own. */
import { existsSync } from "node:fs";
import { chmod, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readIfThere } from "@natster/files/if-there";
import { makeFolder } from "@natster/files/make-folder";
import { AccountKey } from "@natster/contracts";
import { type OperatorOptions, renderTrust } from "@natster/nats-server";
import { createOperator, type CredsName } from "@natster/trust";
import { renewedBy } from "./renew.ts";
import * as z from "zod";

/** An operator's keys are there, and the installation that they are of is not. */
export class InstallationLostError extends Error {
  override readonly name = "InstallationLostError";
}

/** What is not secret, in one file; that file is written last, so where it is, everything is. */
export const Installation = z.strictObject({
  operatorJwt: z.string(),
  systemAccount: AccountKey,
  preload: z.record(z.string(), z.string()),
  platform: AccountKey,
  lobby: z.strictObject({ account: AccountKey, seed: z.string() }),
  /** In how many parts the log is projected, and then in how many it was before; in one where nothing is said. */
  partitions: z.array(z.int().min(1)).optional(),
});

/** Where the parts of an installation are. */
export const mainFile = (directory: string): string => join(directory, "installation.json");
export const trustFile = (directory: string): string => join(directory, "trust.conf");
export const paths = (directory: string) => ({
  creds: (of: string) => join(directory, "creds", `${of}.creds`),
  signingKey: join(directory, "operator", "signing.seed"),
  offline: (of: string) => join(directory, "offline", `${of}.seed`),
});

/** An installation, and where its secrets are. */
export interface Installation extends z.infer<typeof Installation> {
  readonly creds: (of: CredsName) => string;
  /** Path of the file with the seed that signs account JWTs. */
  readonly signingKey: string;
}

/**
 * What an installation says of accounts and users follows from the contracts, which newer versions change: it is issued
 * anew, with the same keys, where it is not what this version says. Accounts first: a crash in between is gone on from.
 */
async function renew(directory: string, installation: z.infer<typeof Installation>) {
  const renewed = await renewedBy(directory, installation);
  if (!renewed) return installation;
  for (const [of, creds] of Object.entries(renewed.creds)) await replaceSecret(paths(directory).creds(of), creds);
  const current = { ...installation, preload: renewed.preload };
  await writeMain(directory, current);
  return current;
}

/**
 * Opens the installation in a directory, making it first where there is none. Directories 0700, files 0600. In how many
 * parts the log is projected stays as it was, unless it is said. Throws `InstallationLostError` where keys are left of
 * another, and changes nothing.
 */
export async function openInstallation(directory: string, partitions?: number): Promise<Installation> {
  const at = (...names: string[]) => join(directory, ...names);
  const main = mainFile(directory);
  const { offline, ...places } = paths(directory);

  const there = await readIfThere(main);
  if (there !== undefined) {
    const before = Installation.parse(JSON.parse(there));
    return {
      ...(await renew(directory, { ...before, partitions: changed(before.partitions, partitions) })),
      ...places,
    };
  }

  const begun = at("installation.begun.json");
  const ofAnother = [places.signingKey, at("offline"), trustFile(directory)].find((path) => existsSync(path));
  if (ofAnother !== undefined && !existsSync(begun)) {
    throw new InstallationLostError(
      `${ofAnother} is of an operator whose ${main} is gone: put that back, or all of it with natster operator restore`,
    );
  }
  const made = createOperator({
    issuedAt: Math.floor(Date.now() / 1000),
    partitions: changed(undefined, partitions) ?? [],
  });
  const { operatorJwt, systemAccount, preload, platform, lobby } = made;
  const installation = Installation.parse({
    operatorJwt,
    systemAccount,
    preload,
    platform,
    lobby,
    partitions: changed(undefined, partitions),
  });
  // Until it takes its place it says that what is beside it was never used, and may be made anew.
  await replaceSecret(begun, inJson(installation));
  for (const folder of [directory, at("creds"), at("operator"), at("offline")]) {
    makeFolder(folder, 0o700);
    await chmod(folder, 0o700);
  }
  const writes = [
    ...Object.entries(made.creds).map(([of, creds]) => replaceSecret(places.creds(of), creds)),
    replaceSecret(places.signingKey, made.signingKey),
    ...Object.entries(made.offline).map(([of, seed]) => replaceSecret(offline(of), seed)),
  ];
  // Whoever clears away after one that fails does so behind the last of them.
  await Promise.allSettled(writes);
  await Promise.all(writes);
  await rename(begun, main);
  return { ...installation, ...places };
}

/** What was before is filled until the other number of parts has taken its place, and so has to be reached. */
function changed(before: readonly number[] | undefined, to: number | undefined): number[] | undefined {
  const [now = 1] = before ?? [];
  if (to === undefined || to === now) return before && [...before];
  return [to, now];
}

/** Writes what is not secret, and first what a nats-server's configuration reads of it, where there is such a file. */
export async function writeMain(directory: string, installation: z.infer<typeof Installation>): Promise<void> {
  if (existsSync(trustFile(directory))) await writeTrust(directory, installation);
  await replaceSecret(mainFile(directory), inJson(installation));
}

const inJson = (installation: z.infer<typeof Installation>): string => JSON.stringify(installation, null, 2);

/** Whom a nats-server of this installation trusts. */
export const trustIn = ({
  operatorJwt: jwt,
  systemAccount,
  preload,
}: Pick<Installation, "operatorJwt" | "systemAccount" | "preload">): OperatorOptions => ({
  jwt,
  systemAccount,
  preload,
});

/** Writes whom a nats-server of this installation trusts into a file that its configuration includes. */
export async function writeTrust(
  directory: string,
  installation: Pick<Installation, "operatorJwt" | "systemAccount" | "preload">,
): Promise<void> {
  await replaceSecret(trustFile(directory), renderTrust(trustIn(installation)));
}

/** Writes a secret whole, synced, in one step; in folders that are their owner's alone. */
export async function replaceSecret(path: string, text: string): Promise<void> {
  makeFolder(dirname(path), 0o700);
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  try {
    {
      await using file = await open(fresh, "wx", 0o600);
      await file.writeFile(`${text.trimEnd()}\n`);
      await file.sync();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}
