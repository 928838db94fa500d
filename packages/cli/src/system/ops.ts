/** The services that follow the log, asked together. */
import { Sequence } from "@natster/contracts";
import { ProjectionStatus, ReactionStatus } from "@natster/contracts/ops";
import { isRefusal, NoAnswerError, NobodyAnswersError } from "@natster/micro/client";
import * as z from "zod";
import { type Explained, provideAgain } from "../explained.ts";
import { Failure } from "../failure.ts";
import type { Connected } from "./connect.ts";

/** The number of an event in the log, as somebody typed it. */
export const SequenceTyped = z.coerce.number("expected the number of an event").pipe(Sequence);

/** How all that follows the log stands. */
export const Standing = z.strictObject({
  projections: z.array(ProjectionStatus.extend({ service: z.string() })),
  reactions: z.array(ReactionStatus.extend({ service: z.string() })),
  /** Services that did not answer. */
  silent: z.array(z.string()),
});
export type Standing = z.infer<typeof Standing>;

/** Asks each of them how what it has stands. Throws where none answers, and what an answer throws. */
export async function standingOf(person: Connected): Promise<Standing> {
  const followers = { ...keepers(person), catalog: person.catalog, codes: person.codes };
  const standing: Standing = { projections: [], reactions: [], silent: [] };
  const ask = async ([service, of]: [string, (typeof followers)[keyof typeof followers]]) => {
    const { projections, reactions } = await of.status({});
    standing.projections.push(...projections.map((each) => ({ service, ...each })));
    standing.reactions.push(...reactions.map((each) => ({ service, ...each })));
  };
  const asked = Object.entries(followers).map((each) =>
    ask(each).catch((error: unknown) => {
      if (!(error instanceof NobodyAnswersError || error instanceof NoAnswerError)) throw error;
      if (standing.silent.push(each[0]) === asked.length) throw error;
    }),
  );
  await Promise.all(asked);
  return standing;
}

/** What could not be asked, and what to do about it; undefined where everything could. */
export function whyUnknown({ projections, reactions, silent }: Standing): Explained | undefined {
  const [service] = silent;
  if (service !== undefined) return { what: `${service} does not answer`, next: `look into the log of ${service}` };
  const named = [
    ...projections.map(({ projection: name, ...each }) => ({ name, ...each })),
    ...reactions.map(({ reaction: name, ...each }) => ({ name, ...each })),
  ];
  const [why] = named.flatMap(({ name, fault }) => (fault === undefined ? [] : cannotBeAsked(name, fault)));
  return why;
}

/** Why it cannot be asked of nats-server how something stands: most of all because its bucket or its durable is gone. */
export const cannotBeAsked = (name: string, fault: string): Explained => ({
  what: `it cannot be asked how ${name} stands: ${fault}`,
  next: provideAgain,
});

/** Those that keep projections, by name. */
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
