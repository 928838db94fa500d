/**
 * The way from the page to nats-server: the request for a WebSocket goes on nearly as it came, and from then on bytes go
 * back and forth unread. Who may connect is for nats-server to say.
 */
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { finish, refuse } from "./refuse.ts";

/** The path at which nats-server answers. */
export const natsPath = "/nats";

/** Whether a request is one that nats-server should have. */
export const isForNats = ({ url, headers }: IncomingMessage): boolean =>
  url === natsPath && headers.upgrade?.toLowerCase() === "websocket";

/** Where nats-server listens for WebSockets, and who wants to know whether it was there. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
  readonly found: () => void;
  readonly away: (error: Error) => void;
}

/** Joins a client that asks for a WebSocket with nats-server; the two end together. */
export function pipeToNats(request: IncomingMessage, client: Duplex, head: Buffer, nats: Upstream): void {
  const { host, port } = nats;
  const upstream = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
  const impatience = setTimeout(() => upstream.destroy(new Error("nats-server does not answer")), 5_000);
  const missed = (error: Error) => {
    nats.away(error);
    refuse(client, 502, "nats-server is away. Try again in a moment.");
  };
  upstream
    .once("error", missed)
    .once("connect", () => {
      clearTimeout(impatience);
      nats.found();
      // A connection that breaks is closed, and that is all there is to do about it.
      upstream.off("error", missed).on("error", () => undefined);
      upstream.write(requestHead(request), "latin1");
      upstream.write(head);
      // A pipe holds back whoever sends faster than the other end reads.
      upstream.pipe(client).pipe(upstream);
    })
    .once("close", () => {
      clearTimeout(impatience);
      finish(client);
    });
  client.on("error", () => undefined).once("close", () => upstream.destroy());
}

/** What nats-server is not told. */
const ours: ReadonlySet<string> = new Set(["user-agent", "origin"]);

/**
 * The head of a request as the client wrote it, but for the space around its values, and without what kind of browser it
 * is: to one, nats-server sends each message in frames of 4 KiB, which cost a page more than all else that it does with
 * them. Which page it comes from was looked at here, and nats-server refuses whatever page asks it itself.
 */
function requestHead({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (!ours.has(rawHeaders[at]?.toLowerCase() ?? "")) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}
