/** The services that keep projections, asked together. */
import { Sequence } from "@natster/contracts";
import { isRefusal, NobodyAnswersError } from "@natster/micro/client";
import * as z from "zod";
import { Failure } from "../failure.ts";
import type { Connected } from "./connect.ts";

/** The number of an event in the log, as somebody typed it. */
export const SequenceTyped = z.coerce.number("expected the number of an event").pipe(Sequence);

/** Each of them, by name. */
export const keepers = (person: Connected) => ({ projector: person.library, accounts: person.accounts }) as const;
export type Keeper = keyof ReturnType<typeof keepers>;

/** Asks the one that keeps a projection. Throws `Failure` where none does. */
export async function askKeeper<T>(
  person: Connected,
  ask: (of: ReturnType<typeof keepers>[Keeper]) => Promise<T>,
): Promise<T> {
  for (const of of Object.values(keepers(person))) {
    try {
      return await ask(of);
    } catch (error) {
      if (!isRefusal(error, "projection_unknown") && !(error instanceof NobodyAnswersError)) throw error;
    }
  }
  throw new Failure("there is no such projection", { next: "natster ops status" });
}
