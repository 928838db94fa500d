/** Connections for whoever has to look at everything: no service has such rights. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connect, silentLog } from "@natster/micro";
import type { NatsServer } from "@natster/nats-server";
import type { Installation } from "@natster/standalone";
import { createKey, formatCreds, keyFromSeed, userJwt } from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";

/** A system whose nats-server is reached, and whose operator's keys are here. */
export interface Reached {
  readonly directory: string;
  readonly platform: { readonly nats: Pick<NatsServer, "url">; readonly installation: Installation };
}

/** Connects as a user who may do everything in an account of the operator's, that of the streams unless told; ends with the scope. */
export async function connectFully(
  { directory, platform }: Reached,
  of: "streams" | "system" | "platform" = "streams",
) {
  const seed = await readFile(join(directory, "offline", `${of}.seed`), "utf8");
  const user = createKey("user");
  const all = { allow: [">"] };
  const jwt = userJwt(keyFromSeed(seed.trim(), "account"), {
    user: user.public,
    name: "everything",
    permissions: { pub: all, sub: all },
    issuedAt: Math.floor(Date.now() / 1000),
  });
  return owned(
    await connect({
      servers: platform.nats.url.split(","),
      creds: formatCreds(jwt, user),
      name: "everything",
      log: silentLog(),
    }),
  );
}

/** Connects as the service that pushes account JWTs, and may look them up. */
export const connectAsPusher = async ({ platform }: Pick<Reached, "platform">) =>
  owned(
    await connect({
      servers: platform.nats.url.split(","),
      creds: { file: platform.installation.creds("accounts-streams") },
      name: "pusher",
      log: silentLog(),
    }),
  );

const owned = (connection: NatsConnection) => ({
  connection,
  [Symbol.asyncDispose]: () => connection.close(),
});
