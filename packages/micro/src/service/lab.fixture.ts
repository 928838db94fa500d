/** A service for tests: its endpoints do whatever can go wrong. */
import { type AccountKey, defineService, type Endpoint } from "@natster/contracts";
import { headers, type Msg, type NatsConnection } from "@nats-io/nats-core";
import * as z from "zod";
import type { Handlers } from "./handler.ts";
import { refuse } from "./refusal.ts";

const word = { request: z.strictObject({ word: z.string().max(80) }), reply: z.strictObject({ word: z.string() }) };

export const lab = defineService({
  name: "lab",
  version: "0.1.0",
  description: "Tries what can go wrong",
  runsIn: "platform",
  endpoints: {
    echo: { subject: "natster.lab.echo", summary: "Say the word again", ...word, errors: { word_bad: 422 } },
    slow: { subject: "natster.lab.slow", summary: "Say it a little later", ...word, errors: {} },
    throws: { subject: "natster.lab.throws", summary: "Fail at once", ...word, errors: {} },
    rejects: { subject: "natster.lab.rejects", summary: "Fail later", ...word, errors: {} },
    undeclared: { subject: "natster.lab.undeclared", summary: "Refuse for no declared reason", ...word, errors: {} },
    breaks: { subject: "natster.lab.breaks", summary: "Refuse in several lines", ...word, errors: { word_bad: 422 } },
    against: { subject: "natster.lab.against", summary: "Reply against the contract", ...word, errors: {} },
    huge: { subject: "natster.lab.huge", summary: "Reply with more than a message holds", ...word, errors: {} },
    who: {
      subject: "natster.lab.who",
      summary: "Say who asked, and under which name",
      request: z.strictObject({}),
      reply: z.strictObject({
        account: z.string(),
        newcomer: z.boolean(),
        administrator: z.boolean(),
        command: z.string(),
      }),
      errors: {},
      access: "lobby",
    },
    govern: {
      subject: "natster.lab.govern",
      summary: "Do what few may do",
      ...word,
      errors: {},
      access: "administrator",
    },
    short: { subject: "natster.lab.short", summary: "Read little", ...word, errors: {}, maxRequest: 40 },
  },
});

/** The error that `throws` and `rejects` fail with: nobody but the log may learn of it. */
export const cause = "the cellar is flooded";

export const handlers: Handlers<typeof lab> = {
  echo: ({ request }) => {
    if (request.word === "bad") throw refuse(lab.endpoints.echo, "word_bad");
    return request;
  },
  slow: async ({ request }) => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    return request;
  },
  throws: () => {
    throw new Error(cause);
  },
  rejects: () => Promise.reject(new Error(cause)),
  undeclared: () => {
    throw refuse(lab.endpoints.echo, "word_bad");
  },
  breaks: () => {
    throw refuse(lab.endpoints.breaks, "word_bad", "one line\r\nand another\n\u2028and a third");
  },
  against: () => ({ words: 2 }) as never,
  huge: () => ({ word: "x".repeat(2 * 1024 * 1024) }),
  who: ({ caller: { account, newcomer, administrator }, command }) => ({
    account,
    newcomer,
    administrator,
    command: `${command.name} ${command.id}`,
  }),
  govern: ({ request }) => request,
  short: ({ request }) => request,
};

/** What came back: the headers' code and text, and the body. */
export interface Answer {
  readonly code: number;
  readonly text: string;
  readonly body: { readonly reason?: string; readonly message?: string; readonly errorId?: string } & Record<
    string,
    unknown
  >;
}

/** Asks as nats-server hands it on: with the caller's account in front of the subject. */
export async function ask(
  connection: NatsConnection,
  account: AccountKey | string,
  { subject }: Pick<Endpoint, "subject">,
  request: unknown,
  { commandId }: { commandId?: string } = {},
): Promise<Answer> {
  const named = headers();
  if (commandId !== undefined) named.set("Nats-Msg-Id", commandId);
  const payload = request instanceof Uint8Array || typeof request === "string" ? request : JSON.stringify(request);
  return answerIn(await connection.request(`${account}.${subject}`, payload, { timeout: 5_000, headers: named }));
}

export const answerIn = (message: Msg): Answer => ({
  code: Number(message.headers?.get("Nats-Service-Error-Code") || 0),
  text: message.headers?.get("Nats-Service-Error") ?? "",
  body: message.json(),
});
