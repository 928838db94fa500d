/** How a request for the page is answered. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { compressedFor, type Content } from "./content.ts";
import { strictHeaders } from "./headers.ts";
import type { Page } from "./page.ts";
import { natsPath } from "./pipe.ts";

/** Answers one request: with what stands at its path, or with a plain sentence that says why not. */
export async function answer(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(strictHeaders)) response.setHeader(name, value);
  const { method } = request;
  if (method !== "GET" && method !== "HEAD") {
    return say(response, 405, "Only GET and HEAD are answered here.", { Allow: "GET, HEAD" });
  }
  const [path = ""] = (request.url ?? "").split("?");
  const found = await page.find(path);
  if (found) return send(found, request, response);
  if (path === natsPath) return say(response, 426, "NATS is here, for a WebSocket.", { Upgrade: "websocket" });
  if (path === "/" && !page.isBuilt()) {
    return say(response, 503, "The page is not built yet. Build it with: pnpm build", { "Retry-After": "10" });
  }
  say(response, 404, "There is nothing here.");
}

/** Answers with a sentence in plain text. */
export function say(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(text) + 1,
    "Cache-Control": "no-store",
    ...headers,
  });
  response.end(`${text}\n`);
}

function send(found: Content, { headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader("ETag", found.etag).setHeader("Cache-Control", found.cache).setHeader("Vary", "Accept-Encoding");
  if (isKnown(found.etag, headers["if-none-match"])) {
    response.writeHead(304).end();
    return;
  }
  const compressed = compressedFor(found, headers["accept-encoding"]?.toString());
  if (compressed) response.setHeader("Content-Encoding", compressed.encoding);
  const bytes = compressed?.bytes ?? found.plain;
  response.writeHead(200, { "Content-Type": found.type, "Content-Length": bytes.length });
  // Node leaves the bytes out where only the head was asked for.
  response.end(bytes);
}

const isKnown = (etag: string, known = ""): boolean =>
  known.split(",").some((each) => each.trim() === etag || each.trim() === "*");
