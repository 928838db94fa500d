/**
 * Calls across a message port. What crosses is what structured clone can carry; a call may be called off, and may tell
 * parts of its answer before the end. Both sides are of one build, so nothing is checked again.
 */
import { EngineError, type Trouble } from "./engine-error.ts";

/** What goes to the side that answers. */
export type Call =
  | { readonly call: number; readonly method: string; readonly argument: unknown }
  | { readonly cancel: number };

/** What comes back. */
export type Answer<News> =
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly trouble: Trouble; readonly message: string; readonly reason?: string }
  | { readonly part: unknown; readonly of: number }
  | { readonly news: News };

interface Told {
  readonly signal: AbortSignal;
  readonly tell: (part: never) => void;
}
type Method = (argument: never, told: Told) => Promise<unknown>;
export type Methods = { readonly [name: string]: Method };

/** Answers the calls that come by a port, until it is closed. `explain` says what an error is to the other side. */
export function answerCalls<M extends object>(
  port: MessagePort,
  methods: M,
  explain: (error: unknown) => EngineError,
): void {
  const underWay = new Map<number, AbortController>();

  const answer = async ({ call, method, argument }: Extract<Call, { call: number }>) => {
    const stop = new AbortController();
    underWay.set(call, stop);
    const tell = (part: unknown) => {
      if (!stop.signal.aborted) port.postMessage({ of: call, part });
    };
    try {
      const value = await (methods as Methods)[method]?.(argument as never, { signal: stop.signal, tell });
      // Bytes go over as they are, without a copy.
      port.postMessage({ answer: call, value }, value instanceof Uint8Array ? [value.buffer] : []);
    } catch (error) {
      const { trouble, message, reason } = explain(stop.signal.aborted ? stop.signal.reason : error);
      port.postMessage({ answer: call, trouble, message, reason });
    } finally {
      underWay.delete(call);
    }
  };

  port.addEventListener("message", ({ data }: MessageEvent<Call>) => {
    if ("cancel" in data) underWay.get(data.cancel)?.abort(new EngineError("cancelled", "called off"));
    else void answer(data);
  });
  port.start();
}

/** The calling side of a port. */
export interface Remote {
  /** Calls a method. Throws `EngineError`. */
  call(
    method: string,
    argument?: unknown,
    told?: { readonly signal?: AbortSignal | undefined; readonly tell?: (part: never) => void },
  ): Promise<unknown>;
}

/** Calls by a port, and hears what is told besides. */
export function callBy<News>(port: MessagePort, hear: (news: News) => void = () => undefined): Remote {
  interface Waiting {
    readonly resolve: (value: unknown) => void;
    readonly reject: (error: unknown) => void;
    readonly tell: ((part: never) => void) | undefined;
  }
  const waiting = new Map<number, Waiting>();
  let last = 0;

  port.addEventListener("message", ({ data }: MessageEvent<Answer<News>>) => {
    if ("news" in data) return hear(data.news);
    if ("of" in data) return waiting.get(data.of)?.tell?.(data.part as never);
    const asked = waiting.get(data.answer);
    waiting.delete(data.answer);
    if ("trouble" in data) asked?.reject(new EngineError(data.trouble, data.message, data.reason));
    else asked?.resolve(data.value);
  });
  port.start();

  return {
    call: (method, argument, { signal, tell } = {}) => {
      if (signal?.aborted) return Promise.reject(new EngineError("cancelled", "called off"));
      const call = ++last;
      return new Promise((resolve, reject) => {
        const cancel = () => port.postMessage({ cancel: call });
        signal?.addEventListener("abort", cancel, { once: true });
        const done = () => signal?.removeEventListener("abort", cancel);
        waiting.set(call, {
          resolve: (value) => (done(), resolve(value)),
          reject: (error) => (done(), reject(error)),
          tell,
        });
        port.postMessage({ call, method, argument });
      });
    },
  };
}
