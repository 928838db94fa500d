/** People who do not give up: a command whose answer is lost is sent again under its own name. */
import { isRefusal, NoAnswerError, NobodyAnswersError } from "@natster/micro";
import { nuid } from "@nats-io/nats-core";

/** What became of a command: recorded and acknowledged, or refused by name. */
export type Outcome =
  | { readonly id: string; readonly after: number }
  | { readonly id: string; readonly refused: string };

/** What the platform may say when asking again helps. */
const again = new Set(["unavailable", "conflict"]);

/** Sends a command until it is answered. Throws what is neither an answer nor the lack of one. */
export async function insist(
  ask: (options: { commandId: string; timeout: number }) => Promise<{ after: number }>,
  { id = nuid.next(), timeout = 3_000 }: { id?: string; timeout?: number } = {},
): Promise<Outcome> {
  for (const until = Date.now() + 60_000; ;) {
    try {
      return { id, after: (await ask({ commandId: id, timeout })).after };
    } catch (error) {
      if (isRefusal(error) && !again.has(error.reason)) {
        if (error.reason === "internal") throw error;
        return { id, refused: error.reason };
      }
      if (!(isRefusal(error) || error instanceof NoAnswerError || error instanceof NobodyAnswersError)) throw error;
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 80));
    }
  }
}
