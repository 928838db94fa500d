/** Who looks on: takes in traces by OTLP over HTTP, in JSON. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import * as z from "zod";

/** A span as it arrived. */
export interface Seen {
  /** Who sent it. */
  readonly service: string;
  readonly name: string;
  /** `SPAN_KIND_…` by its number. */
  readonly kind: number;
  readonly trace: string;
  readonly span: string;
  readonly parent: string | undefined;
}

const Attributes = z.array(z.object({ key: z.string(), value: z.looseObject({ stringValue: z.string().optional() }) }));
const Sent = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string().regex(/^[0-9a-f]{32}$/),
              spanId: z.string().regex(/^[0-9a-f]{16}$/),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.number(),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** Takes in traces until the scope ends. */
export async function openReceiver(): Promise<{ url: string; seen: readonly Seen[] } & AsyncDisposable> {
  const seen: Seen[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const found = request.method === "POST" && request.url === "/v1/traces";
    if (found) seen.push(...spansIn(await json(request)));
    response.writeHead(found ? 200 : 404, { "content-type": "application/json" }).end("{}");
  };
  const server = createServer((request, response) => void take(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}

const spansIn = (sent: unknown): Seen[] =>
  Sent.parse(sent).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes.find(({ key }) => key === "service.name")?.value.stringValue ?? "";
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId, name, kind }) => ({
        service,
        name,
        kind,
        trace: traceId,
        span: spanId,
        parent: parentSpanId || undefined,
      })),
    );
  });
