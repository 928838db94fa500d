/** Insisting: a lost reply is normal, so what was asked is asked again, as the same command. */
import { NoAnswerError } from "@natster/micro/client";
import { nuid } from "@nats-io/nats-core";

/** Asks until there is an answer, for about so many milliseconds. Throws what is neither an answer nor the lack of one. */
export async function insist<T>(
  ask: (options: { readonly commandId: string }) => Promise<T>,
  within = 15_000,
): Promise<T> {
  const commandId = nuid.next();
  for (const until = Date.now() + within; ;) {
    try {
      return await ask({ commandId });
    } catch (error) {
      if (!(error instanceof NoAnswerError) || Date.now() >= until) throw error;
    }
  }
}
