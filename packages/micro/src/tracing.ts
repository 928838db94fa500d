/** Traces by OpenTelemetry's SDK, sent by OTLP over HTTP as its environment variables say. Only what is asked for loads this. */
import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { isRefusal } from "./service/refusal.ts";
import { takeTraces, traceparent, type Tracing } from "./trace.ts";

const kinds = {
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** How long whoever ends waits for what was not sent yet, in milliseconds: whoever looks on may be away. */
const lastWords = 2_000;

/** Takes traces of a service until it is disposed of; what is left is sent then. */
export function openTracing(service: string): AsyncDisposable {
  const own = resourceFromAttributes({ "service.name": `natster-${service}` });
  const provider = new TracerProvider({
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: 1_000 })],
  });
  const contexts = new AsyncLocalStorageContextManager().enable();
  // What others bring that knows OpenTelemetry belongs to the same traces.
  context.setGlobalContextManager(contexts);
  trace.setGlobalTracerProvider(provider);
  const tracer = provider.getTracer("natster");
  const propagator = new W3CTraceContextPropagator();

  const tracing: Tracing = ({ kind, name, from, since, attributes }, work) => {
    const around =
      from === undefined
        ? context.active()
        : propagator.extract(ROOT_CONTEXT, { [traceparent]: from }, defaultTextMapGetter);
    const options = {
      kind: kinds[kind],
      ...(attributes && { attributes }),
      ...(since !== undefined && { startTime: since }),
    };
    return tracer.startActiveSpan(name, options, around, async (span) => {
      try {
        const carrier: Record<string, string> = {};
        propagator.inject(context.active(), carrier, defaultTextMapSetter);
        return await work(carrier[traceparent]);
      } catch (error) {
        // What an error says may be a secret; of what kind it is, is none.
        if (isRefusal(error)) span.setAttribute("natster.refused", error.reason);
        else span.setAttribute("error.type", error instanceof Error ? error.name : typeof error);
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  };
  takeTraces(tracing);
  return {
    async [Symbol.asyncDispose]() {
      takeTraces(undefined);
      const ended = provider.shutdown().catch(() => {});
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, lastWords).unref())]);
      trace.disable();
      context.disable();
    },
  };
}
