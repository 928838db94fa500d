/** The HTTP server: the page for requests, nats-server for WebSockets. */
import type { Logger } from "@natster/micro";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { answer, say } from "./answer.ts";
import { isForeign } from "./origin.ts";
import type { Page } from "./page.ts";
import { isForNats, pipeToNats, type Upstream } from "./pipe.ts";
import { refuse } from "./refuse.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly page: Page;
  /** The WebSocket listeners of nats-servers that are one another's equals. */
  readonly nats: readonly [NatsListener, ...NatsListener[]];
  readonly log: Logger;
  /** The page's address as people have it, where something stands in front of this service. */
  readonly publicUrl?: string | undefined;
  /** Certificate and key in PEM; plain http where nothing is said. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

interface NatsListener {
  readonly host: string;
  readonly port: number;
}

/** A server that listens; closing it ends every request and every WebSocket. */
export interface Listening extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** How many clients are joined with nats-server, or about to be. */
  websockets(): number;
}

/** Listens, and resolves when it does. */
export async function listen({ host, port, page, nats, log, publicUrl, tls }: ListenOptions): Promise<Listening> {
  const websockets = new Set<Duplex>();
  let isAway = false;
  let current = nats[0];
  /** The server that was there last; one that is away is passed over by whoever tries again. */
  const upstream = (tried = current): Upstream => ({
    ...tried,
    found: () => (isAway = false),
    // Clients try again every few seconds: it is said once.
    away: (error: Error) => {
      if (!isAway) log.warn({ err: error }, "nats-server is away");
      isAway = true;
      if (current === tried) current = nats[(nats.indexOf(tried) + 1) % nats.length] ?? nats[0];
    },
  });
  const hear: RequestListener = (request, response) => {
    answer(page, request, response).catch((error: unknown) => {
      log.error({ err: error, path: request.url }, "cannot answer");
      if (response.headersSent) response.destroy();
      else say(response, 500, "That did not work.");
    });
  };
  // A request for another upgrade, or at another path, is answered as if it had not asked for one.
  const upgrades = { shouldUpgradeCallback: isForNats };
  const server: Server = tls ? createSecureServer({ ...upgrades, ...tls }, hear) : createServer(upgrades, hear);
  server.on("upgrade", (request, client, head) => {
    if (isForeign(request, { publicUrl, secure: tls !== undefined })) {
      return refuse(client, 403, "Only the page that is served here may open a WebSocket.");
    }
    websockets.add(client.once("close", () => websockets.delete(client)));
    pipeToNats(request, client, head, upstream());
  });
  server.on("clientError", ({ code = "" }: NodeJS.ErrnoException, socket) => {
    if (code === "ECONNRESET") socket.destroy();
    else refuse(socket, statusOf[code] ?? 400, "That is not a request.");
  });
  server.listen(port, host);
  await once(server, "listening");

  return {
    host,
    secure: tls !== undefined,
    port: (server.address() as AddressInfo).port,
    websockets: () => websockets.size,
    [Symbol.asyncDispose]: () => close(server, websockets),
  };
}

/** The address of what listens here, for a browser on this machine. */
export function addressOf({ host, port, secure }: Pick<Listening, "host" | "port" | "secure">): string {
  const reached = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `${secure ? "https" : "http"}://${reached.includes(":") ? `[${reached}]` : reached}:${port}/`;
}

const statusOf: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

async function close(server: Server, websockets: ReadonlySet<Duplex>): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // Clients find their way again; nothing is kept here that could be lost.
  for (const client of websockets) client.destroy();
  server.closeIdleConnections();
  const impatience = setTimeout(() => server.closeAllConnections(), 2_000);
  await closed;
  clearTimeout(impatience);
}
