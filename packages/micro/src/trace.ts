/** Traces: what one request leads to in every service, as spans of one trace. Nothing is done for it unless it is asked for. */

/** The header of a message, and the attribute of an event, that names the span it comes from (W3C Trace Context). */
export const traceparent = "traceparent";

/** Something that is done, as a trace tells of it. */
export interface Doing {
  /** On which side of a message it is. */
  readonly kind: "internal" | "client" | "server" | "producer" | "consumer";
  /** One of few: no key of anybody's stands in it. */
  readonly name: string;
  /** The span that it follows from; that which is under way here where nothing is said. */
  readonly from?: string | undefined;
  /** When it began, in milliseconds since 1970; now where nothing is said. */
  readonly since?: number;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** Does some work as a span, whose name in `traceparent` it is given; resolves and rejects as the work does. */
export type Tracing = <T>(doing: Doing, work: (traceparent?: string) => Promise<T>) => Promise<T>;

let tracing: Tracing | undefined;

/** Takes traces from now on in this process, or no more; `tracing.ts` knows how. */
export const takeTraces = (by: Tracing | undefined): void => void (tracing = by);

/** Whether traces are taken here. */
export const takesTraces = (): boolean => tracing !== undefined;

/** Does some work, as a span where traces are taken. */
export const traced: Tracing = (doing, work) => (tracing === undefined ? work() : tracing(doing, work));

/** Takes traces where `OTEL_EXPORTER_OTLP_ENDPOINT` says whereto, until the scope ends; else nothing is loaded for it. */
export async function traceWhereAsked(service: string, env: NodeJS.ProcessEnv = process.env): Promise<AsyncDisposable> {
  if (!env["OTEL_EXPORTER_OTLP_ENDPOINT"]) return { async [Symbol.asyncDispose]() {} };
  const { openTracing } = await import("./tracing.ts");
  return openTracing(service);
}
