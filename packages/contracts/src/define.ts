/** The shapes of contracts: plain values from which servers, clients, permissions and documentation follow. */
import type * as z from "zod";
import { Bytes, type Role } from "./vocabulary.ts";

/** Who may call an endpoint beyond people with an account. */
export type Access =
  /** Also newcomers, through the lobby. */
  | "lobby"
  /** Only administrators. */
  | "administrator";

/** One thing that can be asked of a service. */
export interface Endpoint {
  /**
   * The subject as a client says it. `{name}` stands for one token, checked by `params`. An endpoint of the platform
   * is handled under `*.` before it: nats-server writes the caller's account key there.
   */
  readonly subject: string;
  /** One sentence: what it does. */
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly request: z.ZodType;
  readonly reply: z.ZodType;
  /** The reasons for which it refuses, each with the numeric code that travels with it. */
  readonly errors: Readonly<Record<string, number>>;
  readonly access?: Access;
  /** The roles of devices that may ask it; every device of an account where nothing is said. */
  readonly roles?: readonly Role[];
  /** The largest request it reads, in bytes; 64 KiB where nothing is said. */
  readonly maxRequest?: number;
  /** What is said inside, where request and reply are sealed under a session. */
  readonly sealed?: Inside;
}

/** What is said inside of a seal: nobody but the two ends of a session sees any of it. */
export interface Inside {
  readonly request: z.ZodType;
  readonly reply: z.ZodType;
  readonly errors: Readonly<Record<string, number>>;
}

/** A service: what it is and what can be asked of it. */
export interface ServiceContract {
  readonly name: string;
  /** SemVer of the contract. */
  readonly version: string;
  readonly description: string;
  /** In which account it runs: the platform's, or that of a person. */
  readonly runsIn: "platform" | "person";
  /** The event subjects that it appends, and no other service may publish, as prefixes. */
  readonly owns?: readonly string[];
  readonly endpoints: Readonly<Record<string, Endpoint>>;
}

/** Declares a service; the value keeps its exact type, from which handlers and clients are typed. */
export const defineService = <const S extends ServiceContract>(service: S): S => service;

/** An endpoint whose requests and replies are sealed under a session; `docs/session.md` says how. */
export interface SealedEndpoint<I extends Inside = Inside, P extends z.ZodObject = z.ZodObject> extends Endpoint {
  readonly params: P;
  readonly sealed: I;
}

/** Declares an endpoint that is asked and answered under seal: outside there are bytes, and a session that is or is not. */
export const sealed = <const I extends Inside, P extends z.ZodObject>({
  subject,
  summary,
  params,
  ...inside
}: { readonly subject: string; readonly summary: string; readonly params: P } & I) =>
  ({
    subject,
    summary,
    params,
    request: Bytes,
    reply: Bytes,
    errors: { session_unknown: 410, seal_broken: 400 },
    sealed: inside as unknown as I,
  }) as const satisfies SealedEndpoint;

/** What happens to one kind of aggregate, and under which subjects it is recorded. */
export interface EventsContract {
  /** Subject prefix: `events.<aggregate>`; the id's values and the event's type follow as tokens. */
  readonly subject: string;
  /** The aggregate's id; its values are the subject's tokens, in this order. */
  readonly id: z.ZodObject;
  /** The data of each event type, in its newest version. */
  readonly types: Readonly<Record<string, z.ZodType>>;
  /**
   * Types that are recorded while the log has a byte left: each takes back something that was recorded, once, or is decided
   * by administrators alone. Every other type grows the log, which is refused while there is room for taking back.
   */
  readonly takesBack?: readonly string[];
  /** Older versions of a type, first to last, each with the step to the next: the log is never rewritten. */
  readonly history?: Readonly<Record<string, readonly PastVersion[]>>;
}

/** A version of an event's data that is still in the log, and how it is read today. */
export interface PastVersion {
  readonly data: z.ZodType;
  readonly upcast: (data: never) => unknown;
}

/** Declares the events of an aggregate. */
export const defineEvents = <const E extends EventsContract>(
  events: E & { readonly takesBack?: readonly (keyof E["types"] & string)[] },
): E => events;

/** A bucket of rows that one projection writes. */
export interface BucketContract {
  /** snake_case; becomes part of the stream's name `KV_<name>`. */
  readonly name: string;
  readonly summary: string;
  /** Raised when rows change shape or meaning, so that they are built anew from the log; 1 where nothing is said. */
  readonly version?: number;
  /** Filled by one process however many parts the log is projected in, as counters are. */
  readonly undivided?: true;
  readonly row: z.ZodType;
}

/** Declares a bucket. */
export const defineBucket = <const B extends BucketContract>(bucket: B): B => bucket;

export type EndpointName<S extends ServiceContract> = keyof S["endpoints"] & string;
export type RequestOf<E extends Endpoint> = z.infer<E["request"]>;
export type ReplyOf<E extends Endpoint> = z.infer<E["reply"]>;
/** What is said inside of a sealed endpoint. */
export type InnerRequestOf<E extends SealedEndpoint> = z.infer<E["sealed"]["request"]>;
export type InnerReplyOf<E extends SealedEndpoint> = z.infer<E["sealed"]["reply"]>;
export type ParamsOf<E extends Endpoint> = E["params"] extends z.ZodObject ? z.infer<E["params"]> : undefined;
export type ReasonOf<E extends Endpoint> = keyof E["errors"] & string;
export type IdOf<E extends EventsContract> = z.infer<E["id"]>;
export type RowOf<B extends BucketContract> = z.infer<B["row"]>;

/** An event as decisions make it: what happened, without where and when. */
export type EventOf<E extends EventsContract> = {
  [T in keyof E["types"] & string]: { readonly type: T; readonly data: z.infer<E["types"][T]> };
}[keyof E["types"] & string];

/** An event as it stands in the log. */
export type Recorded<E extends EventsContract> = EventOf<E> & Occurrence;

/** Where and when an event was recorded, and by whom. */
export interface Occurrence {
  readonly sequence: number;
  /** ISO 8601. */
  readonly time: string;
  /** The account that asked for it. */
  readonly actor: string;
  /** Its device, where nats-server said which. */
  readonly user?: string;
  /** `<service>.<endpoint>` and the id of the command that caused it. */
  readonly command: { readonly name: string; readonly id: string };
}
