/** What a service that has gone wrong might leave in the log. */
import { connect, silentLog } from "@natster/micro";
import type { TestSystem } from "@natster/testing";
import { jetstream } from "@nats-io/jetstream";

/** Puts something into the log as the service `catalog` could; returns its sequence. */
export async function record({ platform }: TestSystem, subject: string, data: string): Promise<number> {
  const creds = { file: platform.installation.creds("catalog-streams") };
  const connection = await connect({ servers: platform.nats.url, creds, name: "record", log: silentLog() });
  try {
    return (await jetstream(connection).publish(subject, data)).seq;
  } finally {
    await connection.close();
  }
}
