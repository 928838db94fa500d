/** One side of the bench of the kit, as a process: it answers until whoever started it lets go. */
import { once } from "node:events";
import { connect, type Handlers, serve, silentLog } from "@natster/micro";
import { connect as dial, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { bareSubject, beyond, inside, type ResponderOptions } from "./micro-contract.ts";

const [options] = (await once(process, "message")) as [ResponderOptions];
const log = silentLog();
const connected = (creds: string) =>
  options.kind === "kit"
    ? connect({ servers: options.url, creds, name: "kit", log })
    : dial({ servers: options.url, authenticator: credsAuthenticator(new TextEncoder().encode(creds)) });
const [near, far] = await Promise.all([connected(options.inside), connected(options.beyond)]);

if (options.kind === "kit") {
  const handlers: Handlers<typeof inside> & Handlers<typeof beyond> = {
    echo: ({ request }) => Promise.resolve(request),
  };
  const standing = { lobby: options.lobby, administrators: new Set<never>() };
  await serve(inside, handlers, { connection: near, log });
  await serve(beyond, handlers, { connection: far, log, standing });
} else {
  answerBarely(near, bareSubject.inside);
  answerBarely(far, `*.${bareSubject.beyond}`);
  await Promise.all([near.flush(), far.flush()]);
}
process.send?.("ready");
await once(process, "disconnect");
await Promise.all([near.close(), far.close()]);

/** A responder as somebody writes it who trusts everybody. */
function answerBarely(connection: NatsConnection, subject: string): void {
  connection.subscribe(subject, {
    queue: "bare",
    callback: (_, message) => {
      const { text, number } = message.json<{ text: string; number: number }>();
      message.respond(JSON.stringify({ text, number }));
    },
  });
}
