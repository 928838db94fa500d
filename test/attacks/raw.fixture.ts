/** Connections as an attacker makes them: nothing of the kit in between, and each outcome in a word or two. */
import { setImmediate } from "node:timers/promises";
import type { UserKey } from "@natster/contracts";
import { inboxPrefix } from "@natster/contracts/borders";
import { authenticator, type Creds } from "@natster/trust";
import { headers, type NatsConnection, PermissionViolationError, RequestError, TimeoutError } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import * as z from "zod";

/** A connection with somebody's creds. */
export interface Raw extends AsyncDisposable {
  readonly connection: NatsConnection;
  readonly user: UserKey;
  /** Asks; says `answered`, `refused CODE REASON`, `no responders`, `denied` by nats-server, or `no reply`. */
  ask(subject: string, body?: unknown, said?: Readonly<Record<string, string>>): Promise<string>;
  /** What was answered, as text. Throws where nothing was. */
  read(subject: string, body?: unknown): Promise<string>;
  /** Publishes, with a reply subject and headers of choice; says `sent`, or `denied` by nats-server. */
  say(subject: string, body?: unknown, options?: Said): Promise<string>;
  /** Listens from now on: the subjects of what is heard, or `denied` by nats-server. */
  hear(subject: string): Promise<"denied" | readonly string[]>;
}

interface Said {
  readonly reply?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const Refused = z.object({ reason: z.string() });

/** Connects; throws where nats-server does not let it in. */
export async function raw(servers: string, creds: Creds): Promise<Raw> {
  const user = creds.key.public;
  const connection = await connect({
    servers,
    authenticator: authenticator(creds),
    inboxPrefix: inboxPrefix(user),
    reconnect: false,
    maxReconnectAttempts: 0,
  });
  let denials = 0;
  void (async () => {
    for await (const { type } of connection.status()) if (type === "error") denials++;
  })();
  /** Whether nats-server denied what was done; it has looked at everything by the time a flush is answered. */
  const denied = async (done: () => void): Promise<boolean> => {
    const before = denials;
    done();
    await connection.flush();
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    return denials > before;
  };
  const named = (said: Readonly<Record<string, string>> = {}) => {
    const made = headers();
    for (const [name, value] of Object.entries(said)) made.set(name, value);
    return made;
  };
  const request = (subject: string, body: unknown, said?: Readonly<Record<string, string>>) =>
    connection.request(subject, text(body), { timeout: 5_000, headers: named(said) });

  return {
    connection,
    user,
    async ask(subject, body, said) {
      try {
        const message = await request(subject, body, said);
        const code = message.headers?.get("Nats-Service-Error-Code");
        return code ? `refused ${code} ${Refused.parse(message.json()).reason}` : "answered";
      } catch (error) {
        if (isA(error, PermissionViolationError)) return "denied";
        if (error instanceof RequestError && error.isNoResponders()) return "no responders";
        if (isA(error, TimeoutError)) return "no reply";
        throw error;
      }
    },
    read: async (subject, body) => (await request(subject, body)).string(),
    say: async (subject, body, { reply, headers: said } = {}) =>
      (await denied(() =>
        connection.publish(subject, text(body), { headers: named(said), ...(reply !== undefined && { reply }) }),
      ))
        ? "denied"
        : "sent",
    async hear(subject) {
      const heard: string[] = [];
      const refused = await denied(() =>
        connection.subscribe(subject, { callback: (error, message) => void (error ?? heard.push(message.subject)) }),
      );
      return refused ? "denied" : heard;
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

/** Says whether nats-server lets creds in: `let in` or `turned away`. */
export async function knock(servers: string, creds: Creds): Promise<string> {
  try {
    await using _connected = await raw(servers, creds);
    return "let in";
  } catch {
    return "turned away";
  }
}

const text = (body: unknown = ""): string => (typeof body === "string" ? body : JSON.stringify(body));

/** Whether an error is of a kind, or came of one. */
const isA = (error: unknown, kind: new (...args: never[]) => Error): boolean =>
  error instanceof kind || (error instanceof Error && error.cause instanceof kind);
