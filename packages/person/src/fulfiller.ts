/**
 * The fulfiller: where the account key is, it answers whoever claims a code of this account. It acts on its own record
 * of the code and never on what the platform says of it, and answers one claim of each code for ever.
 */
import type { CodeId } from "@natster/contracts";
import { isRefusal, NobodyAnswersError } from "@natster/micro/client";
import type { Key } from "@natster/trust";
import { type Answered, answerClaim, ClaimRefusedError } from "./answer-claim.ts";
import type { CodeStore } from "./code-record.ts";
import { notices, type Person } from "./person.ts";

/** What a fulfiller has to tell. */
export type FulfillerEvent =
  | ({ readonly kind: "answered" } & Answered)
  /** A claim that is not answered, now or ever: nobody who knew the code made it, or it came too late. */
  | { readonly kind: "refused"; readonly id: CodeId; readonly reason: string }
  /** It could not answer one, or look at which there are, and tries again. */
  | { readonly kind: "failed"; readonly id?: CodeId; readonly error: unknown };

export interface FulfillerOptions {
  readonly account: Key<"account">;
  readonly store: CodeStore;
  readonly tell?: (event: FulfillerEvent) => void;
}

/** A fulfiller that is running; it ends with `await using`, or with its connection. */
export interface Fulfiller extends AsyncDisposable {
  /** Looks at every code that is kept, as it does whenever it connects; resolves when it has. */
  look(): Promise<void>;
}

/** How long it waits until it tries again, in milliseconds, the first time and at the most. */
const [firstPause, longestPause] = [250, 30_000];

/** Starts a fulfiller: it hears of claims by its feed, and asks for all of them whenever it connects. */
export async function startFulfiller(person: Person, options: FulfillerOptions): Promise<Fulfiller> {
  const { store, tell = () => undefined } = options;
  const working = new Map<CodeId, Promise<void>>();
  const again = new Map<CodeId, ReturnType<typeof setTimeout>>();
  let later: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  /** One at a time for each code; what is asked meanwhile is done afterwards. */
  const take = (id: CodeId, pause = firstPause): Promise<void> => {
    clearTimeout(again.get(id));
    again.delete(id);
    const before = working.get(id) ?? Promise.resolve();
    const mine = before.then(() => (stopped ? undefined : one(id, pause)));
    working.set(id, mine);
    void mine.finally(() => working.get(id) === mine && working.delete(id));
    return mine;
  };

  /** Answers one code's claim, where there is one. Never rejects. */
  const one = async (id: CodeId, pause: number) => {
    try {
      const answered = await answerClaim(person, id, options);
      if (answered) tell({ kind: "answered", ...answered });
    } catch (error) {
      if (error instanceof ClaimRefusedError) return tell({ kind: "refused", id, reason: error.reason });
      // While it ends, or while nobody is there to ask, there is nothing to tell.
      if (!stopped && !(error instanceof NobodyAnswersError) && !isRefusal(error, "unavailable"))
        tell({ kind: "failed", id, error });
      if (stopped || person.connection.isClosed()) return;
      again.set(
        id,
        setTimeout(() => void take(id, Math.min(2 * pause, longestPause)), pause),
      );
    }
  };

  const look = async () => {
    await Promise.all((await store.ids()).map((id) => take(id)));
  };
  /** Looks by itself, and again where the store cannot be read. Never rejects. */
  const lookSurely = async (pause = firstPause) => {
    clearTimeout(later);
    try {
      await look();
    } catch (error) {
      if (stopped) return;
      tell({ kind: "failed", error });
      later = setTimeout(() => void lookSurely(Math.min(2 * pause, longestPause)), pause);
    }
  };
  const hear = async () => {
    for await (const notice of notices(person)) {
      if (notice.kind === "code" && notice.event === "claimed") void take(notice.code);
    }
  };
  const watch = async () => {
    for await (const { type } of person.connection.status()) if (type === "reconnect") void lookSurely();
  };
  hear().catch((error: unknown) => {
    // Of a connection that is closed by now, the flush below says it.
    if (!person.connection.isClosed()) throw error;
  });
  void watch();
  // The subscription is there before the first look: no claim falls between the two.
  await person.connection.flush();
  void lookSurely();

  return {
    look,
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(later);
      for (const timer of again.values()) clearTimeout(timer);
      await Promise.all(working.values());
    },
  };
}
