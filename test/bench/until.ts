/** Asking again and again until nats-server lets a question through, or does no longer. */
import { type NatsConnection, RequestError } from "@nats-io/nats-core";

/** How often it is asked, in milliseconds. */
const every = 10;

/**
 * Resolves when somebody answers, or when nats-server says that nobody is there. It is asked anew whatever became of what
 * was asked before: a question that is under way when a share ends may never be answered.
 */
export const until = (what: "answered" | "refused", connection: NatsConnection, subject: string): Promise<void> =>
  new Promise((resolve) => {
    const is = (outcome: typeof what) => {
      if (outcome !== what) return;
      clearInterval(asking);
      resolve();
    };
    const asking = setInterval(() => {
      connection.request(subject, "", { timeout: 10_000 }).then(
        () => is("answered"),
        (error: unknown) => {
          if (error instanceof RequestError && error.isNoResponders()) is("refused");
        },
      );
    }, every);
  });
