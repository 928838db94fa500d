/**
 * Answers requests for media inside the page's own origin, with bytes that the page reads over its session. It keeps
 * nothing: the browser may stop it at any time and start it again for the next request.
 */
import type { MediaPush, MediaQuestion } from "../media/ask.ts";
import { type Medium, readMediaUrl } from "../media/media-url.ts";
import { headFor, type Range, rangeOf } from "../media/range.ts";

declare const self: ServiceWorkerGlobalScope;

// A newer worker takes over at once, since it owes nothing to what the older one knew.
self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "claim") event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const medium = readMediaUrl(event.request.url, self.registration.scope);
  if (medium) event.respondWith(answer(medium, event));
});

/** How much one answer holds at the most: the player asks for more when it needs it, and loses little with a worker. */
const mostAtOnce = 16 * 1024 * 1024;

async function answer(medium: Medium, { request, clientId }: FetchEvent): Promise<Response> {
  let asked = rangeOf(request.headers.get("Range"), medium.size);
  if (asked !== undefined && asked !== "all") {
    asked = { start: asked.start, end: Math.min(asked.end, asked.start + mostAtOnce) };
  }
  const { status, headers } = headFor(asked, medium.size);
  headers.set("Content-Type", medium.type);
  headers.set("X-Content-Type-Options", "nosniff");
  // Somebody's file is shown, never run: whatever it is, it may load and do nothing.
  headers.set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'");
  headers.set("Cache-Control", "no-store");
  if (asked === undefined || request.method === "HEAD") return new Response(null, { status, headers });

  const page = await pageFor(clientId);
  if (!page) return new Response("No page is open that could read this.", { status: 503 });
  return new Response(bytesFrom(page, medium, asked === "all" ? { start: 0, end: medium.size } : asked), {
    status,
    headers,
  });
}

/** The page that asks, or another one of this origin: each of them can read. */
async function pageFor(clientId: string): Promise<Client | undefined> {
  const asking = clientId ? await self.clients.get(clientId) : undefined;
  return asking ?? (await self.clients.matchAll({ type: "window" }))[0];
}

/** Bytes as the page reads them, taken one part after another when the player wants them. */
function bytesFrom(page: Client, medium: Medium, range: Range): ReadableStream<Uint8Array> {
  const { port1: port, port2 } = new MessageChannel();
  let came: ((push: MediaPush) => void) | undefined;
  port.addEventListener("message", ({ data }: MessageEvent<MediaPush>) => came?.(data));
  port.start();
  page.postMessage({ kind: "media", medium, range } satisfies MediaQuestion, [port2]);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const push = await new Promise<MediaPush>((resolve) => {
          came = resolve;
          port.postMessage("next");
        });
        if (push instanceof Uint8Array) return controller.enqueue(push);
        port.close();
        if (push === "end") controller.close();
        else controller.error(new TypeError(push.failed));
      },
      cancel() {
        port.postMessage("enough");
        port.close();
      },
    },
    { highWaterMark: 0 },
  );
}
