/** Asks the services API who is there. */
import { errors, type NatsConnection } from "@nats-io/nats-core";
import { Svcm } from "@nats-io/services";
import type * as z from "zod";
import type { Look } from "../services/directory.ts";
import { Info, Stats } from "../services/wire.ts";

/** Figures of all; the long descriptions only where somebody is there who was not before. */
export async function look(connection: NatsConnection, known: ReadonlySet<string>): Promise<Look> {
  // Replies come from near and far: after the first, the others have half a second.
  const client = new Svcm(connection).client({ strategy: "stall", maxWait: 2_000, stall: 500 });
  const stats = await collect(Stats, () => client.stats());
  const infos = stats.every(({ id }) => known.has(id)) ? [] : await collect(Info, () => client.info());
  return { at: Date.now(), stats, infos };
}

async function collect<T>(schema: z.ZodType<T>, ask: () => Promise<AsyncIterable<unknown>>): Promise<T[]> {
  const replies: T[] = [];
  try {
    for await (const reply of await ask()) {
      const read = schema.safeParse(reply);
      if (read.success) replies.push(read.data);
    }
  } catch (error) {
    if (!(error instanceof errors.NoRespondersError)) throw error;
  }
  return replies;
}
