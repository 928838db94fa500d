/** An installation on disk: everything that the operator made, each secret in a file of its own. */
import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "@natster/files/make-folder";
import { AccountKey } from "@natster/contracts";
import { createOperator, type CredsName } from "@natster/trust";
import { renewedBy } from "./renew.ts";
import * as z from "zod";

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
  for (const [of, creds] of Object.entries(renewed.creds)) {
    const path = paths(directory).creds(of);
    await writeSecret(`${path}.new`, creds);
    await rename(`${path}.new`, path);
  }
  const current = { ...installation, preload: renewed.preload };
  await writeMain(directory, current);
  return current;
}

/**
 * Opens the installation in a directory, making it first where there is none. Directories 0700, files 0600. In how many
 * parts the log is projected stays as it was, unless it is said.
 */
export async function openInstallation(directory: string, partitions?: number): Promise<Installation> {
  const at = (...names: string[]) => join(directory, ...names);
  const main = mainFile(directory);
  const { offline, ...places } = paths(directory);

  const there = await readFile(main, "utf8").catch(() => undefined);
  if (there !== undefined) {
    const before = Installation.parse(JSON.parse(there));
    return {
      ...(await renew(directory, { ...before, partitions: changed(before.partitions, partitions) })),
      ...places,
    };
  }

  const made = createOperator({
    issuedAt: Math.floor(Date.now() / 1000),
    partitions: changed(undefined, partitions) ?? [],
  });
  for (const folder of [directory, at("creds"), at("operator"), at("offline")]) {
    makeFolder(folder, 0o700);
    await chmod(folder, 0o700);
  }
  for (const [of, creds] of Object.entries(made.creds)) await writeSecret(places.creds(of), creds);
  await writeSecret(places.signingKey, made.signingKey);
  for (const [of, seed] of Object.entries(made.offline)) await writeSecret(offline(of), seed);
  const { operatorJwt, systemAccount, preload, platform, lobby } = made;
  const installation = {
    operatorJwt,
    systemAccount,
    preload,
    platform,
    lobby,
    partitions: changed(undefined, partitions),
  };
  await writeMain(directory, Installation.parse(installation));
  return { ...Installation.parse(installation), ...places };
}

/** What was before is filled until the other number of parts has taken its place, and so has to be reached. */
function changed(before: readonly number[] | undefined, to: number | undefined): number[] | undefined {
  const [now = 1] = before ?? [];
  if (to === undefined || to === now) return before && [...before];
  return [to, now];
}

async function writeMain(directory: string, installation: z.infer<typeof Installation>): Promise<void> {
  const main = mainFile(directory);
  await writeSecret(`${main}.new`, JSON.stringify(installation, null, 2));
  await rename(`${main}.new`, main);
}

const writeSecret = (path: string, text: string) => writeFile(path, `${text.trimEnd()}\n`, { mode: 0o600 });
