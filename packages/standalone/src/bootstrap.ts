/** What only the bootstrap user may: making streams, durables and buckets, and reading or writing the whole log. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { inboxPrefix } from "@natster/contracts/borders";
import { provision } from "@natster/micro/provision";
import { authenticator, parseCreds } from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { mainFile, openInstallation, paths } from "./installation.ts";

/** The directory holds nobody's keys, without which a log is of no use. */
export class NoInstallationError extends Error {
  override readonly name = "NoInstallationError";
}

/** The real path of a directory with an installation. Throws `NoInstallationError`. */
export function knownDirectory(directory: string): string {
  const real = resolve(directory);
  if (existsSync(mainFile(real))) return real;
  throw new NoInstallationError(`there is no system in ${real}: the operator's keys are not there`);
}

/** Where nats-servers are, and the certificates that vouch for them, in PEM, where Node's own do not. */
export interface Reached {
  readonly servers: readonly string[];
  readonly ca?: string | undefined;
}

/** Does something as the bootstrap user of an installation. */
export async function withBootstrap<T>(
  directory: string,
  { servers, ca }: Reached,
  use: (connection: NatsConnection) => Promise<T>,
): Promise<T> {
  const creds = parseCreds(await readFile(paths(directory).creds("bootstrap"), "utf8"));
  const connection = await connect({
    servers: [...servers],
    authenticator: authenticator(creds),
    inboxPrefix: inboxPrefix(creds.key.public),
    name: "bootstrap",
    ...(ca !== undefined && { tls: { ca } }),
  });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

/**
 * Makes every stream, durable and bucket on the nats-servers of an installation, or brings them up to date. Throws
 * `NoInstallationError`.
 */
export async function provisionSystem(
  directory: string,
  reached: Reached,
  { replicas }: { readonly replicas?: number } = {},
): Promise<void> {
  const { partitions } = await openInstallation(knownDirectory(directory));
  const wanted = { partitions: partitions?.[0] ?? 1, ...(replicas !== undefined && { replicas }) };
  await withBootstrap(directory, reached, (connection) => provision(connection, wanted));
}
