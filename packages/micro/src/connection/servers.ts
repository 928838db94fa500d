/** What nats-servers say of themselves to an account that may ask them: each answers for itself. */
import { serversAsked } from "@natster/contracts/borders";
import { type NatsConnection, NoRespondersError, RequestError, TimeoutError } from "@nats-io/nats-core";
import type * as z from "zod";

/**
 * Asks every nats-server, and resolves with what can be read of their answers; with undefined where this account may not
 * ask. Throws `TimeoutError` where none is there to answer.
 */
export async function askServers<T>(connection: NatsConnection, of: z.ZodType<T>): Promise<T[] | undefined> {
  const answers: T[] = [];
  try {
    // After each answer the others have a moment of the library's own.
    for await (const message of await connection.requestMany(serversAsked, "", { strategy: "stall", maxWait: 3_000 })) {
      const read = of.safeParse(message.json());
      if (read.success) answers.push(read.data);
    }
  } catch (error) {
    if (!isForNobody(error)) throw error;
    return undefined;
  }
  if (answers.length === 0) throw new TimeoutError();
  return answers;
}

const isForNobody = (error: unknown): boolean =>
  error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders());
