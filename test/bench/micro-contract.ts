/** What is asked in the bench of the kit: the same echo inside one account and on the platform. */
import type { AccountKey } from "@natster/contracts";
import { defineService } from "@natster/contracts";
import * as z from "zod";

const Said = z.strictObject({ text: z.string().max(256), number: z.int() });

const echo = <const S extends string>(subject: S) =>
  ({ subject, summary: "Say the same again", request: Said, reply: Said, errors: {} }) as const;

export const inside = defineService({
  name: "inside",
  version: "1.0.0",
  description: "Echoes inside one account",
  runsIn: "person",
  endpoints: { echo: echo("bench.echo") },
});

export const beyond = defineService({
  name: "beyond",
  version: "1.0.0",
  description: "Echoes on the platform",
  runsIn: "platform",
  endpoints: { echo: echo("natster.bench.echo") },
});

/** Where the bare responder is asked. */
export const bareSubject = { inside: "bare.echo", beyond: "natster.bare.echo" } as const;

/** What a responder is told. */
export interface ResponderOptions {
  readonly kind: "kit" | "bare";
  readonly url: string;
  /** Creds in the person's account, and in the platform's. */
  readonly inside: string;
  readonly beyond: string;
  readonly lobby: AccountKey;
}
