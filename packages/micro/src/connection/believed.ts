/**
 * Whom nats-servers believe about accounts. One that is told of an account by a key that it does not believe says that it
 * has stored it, and enforces nothing of it; so each is asked for its own operator JWT, which it reads at its start alone.
 */
import type { NatsConnection } from "@nats-io/nats-core";
import * as z from "zod";
import { askServers } from "./servers.ts";

/** What nats-servers say of a key. */
export interface Belief {
  /** How many answered: none where the connection's account may not ask. */
  readonly answered: number;
  /** The names of those that do not believe it. */
  readonly against: readonly string[];
}

/** Of a server's answer, what is read here. */
const Answer = z.object({
  server: z.object({ name: z.string() }),
  data: z.object({
    trusted_operators_claim: z.array(z.object({ nats: z.object({ signing_keys: z.array(z.string()).default([]) }) })),
  }),
});

/** Asks every nats-server whether it believes what a key signs. Throws `TimeoutError` where none is there to answer. */
export async function believed(connection: NatsConnection, key: string): Promise<Belief> {
  const answers = await askServers(connection, Answer);
  if (!answers) return { answered: 0, against: [] };
  const believes = ({ data }: z.infer<typeof Answer>) =>
    data.trusted_operators_claim.some(({ nats }) => nats.signing_keys.includes(key));
  return {
    answered: answers.length,
    against: answers.filter((each) => !believes(each)).map(({ server }) => server.name),
  };
}
