/** Events on the wire: CloudEvents 1.0 in structured JSON, versioned, and read in their newest shape. */
import { type EventOf, type EventsContract, type IdOf, readEventSubject } from "@natster/contracts";
import type { Occurrence, Recorded } from "./aggregate.ts";

/** An event that cannot be read; the message says why. */
export class UnreadableEventError extends Error {
  override readonly name = "UnreadableEventError";
}

const utf8 = new TextDecoder();

/** An event as it is written. */
export interface CloudEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly dataschema: string;
  readonly datacontenttype: "application/json";
  readonly actor: string;
  readonly actoruser?: string;
  readonly commandname: string;
  readonly commandid: string;
  /** The span that recorded it, where traces are taken: CloudEvents' extension for distributed tracing. */
  readonly traceparent?: string;
  readonly data: unknown;
}

const texts = ["id", "source", "type", "subject", "dataschema", "actor", "commandname", "commandid"] as const;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** Whether something is an event at all. By hand: every event of the log passes here, whenever rows are made anew. */
function isCloudEvent(value: unknown): value is CloudEvent {
  if (typeof value !== "object" || value === null) return false;
  const event: Partial<Record<string, unknown>> = Object(value);
  return (
    event["specversion"] === "1.0" &&
    event["datacontenttype"] === "application/json" &&
    typeof event["time"] === "string" &&
    instant.test(event["time"]) &&
    !Number.isNaN(Date.parse(event["time"])) &&
    (event["actoruser"] === undefined || typeof event["actoruser"] === "string") &&
    texts.every((name) => typeof event[name] === "string")
  );
}

/** Who asked for what, as an event records it. */
export interface Cause {
  readonly actor: string;
  readonly user?: string | undefined;
  readonly command: Occurrence["command"];
  /** The span that records it. */
  readonly from?: string | undefined;
}

/** Writes an event. Throws where its data is against its schema: a decision's fault, not a caller's. */
export function writeEvent<E extends EventsContract>(
  events: E,
  id: IdOf<E>,
  event: EventOf<E>,
  how: { readonly id: string; readonly source: string; readonly time: string; readonly cause: Cause },
): CloudEvent {
  const { cause } = how;
  return {
    specversion: "1.0",
    id: how.id,
    source: how.source,
    type: typeName(events, event.type),
    subject: Object.values(id as object).join("."),
    time: how.time,
    dataschema: `urn:${typeName(events, event.type)}:${versionOf(events, event.type)}`.replaceAll(".", ":"),
    datacontenttype: "application/json",
    actor: cause.actor,
    ...(cause.user !== undefined && { actoruser: cause.user }),
    commandname: cause.command.name,
    commandid: cause.command.id,
    ...(cause.from !== undefined && { traceparent: cause.from }),
    data: events.types[event.type]?.parse(event.data),
  };
}

/** An event as the log has it. */
export interface Stored {
  readonly subject: string;
  readonly seq: number;
  readonly data: Uint8Array;
}

/** Reads what was stored under a subject; older versions of its data are brought up to the newest. */
export function readEvent<E extends EventsContract>(
  events: E,
  stored: Stored,
): { readonly id: IdOf<E>; readonly event: Recorded<E> } {
  const place = readEventSubject(events, stored.subject);
  if (!place) throw new UnreadableEventError(`${stored.subject} is no subject of ${events.subject}`);
  const known = events.types[place.type];
  if (!known) throw new UnreadableEventError(`${events.subject} knows no event ${place.type}`);
  const event = parse(stored.data);
  if (!isCloudEvent(event)) throw new UnreadableEventError("not a CloudEvent");
  const data = known.safeParse(upcast(events, place.type, event));
  if (!data.success) throw new UnreadableEventError("its data is against its schema", { cause: data.error });
  return {
    id: place.id,
    event: {
      type: place.type,
      data: data.data,
      sequence: stored.seq,
      time: event.time,
      actor: event.actor,
      ...(event.actoruser !== undefined && { user: event.actoruser }),
      command: { name: event.commandname, id: event.commandid },
    } as unknown as Recorded<E>,
  };
}

/** The span that recorded an event; undefined where no trace was taken. */
export const traceIn = (data: Uint8Array): string | undefined =>
  /"traceparent":"([\da-f-]{55})"/.exec(utf8.decode(data))?.[1];

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(data));
  } catch (cause) {
    throw new UnreadableEventError("not a CloudEvent", { cause });
  }
}

function upcast(events: EventsContract, type: string, event: CloudEvent): unknown {
  const history = events.history?.[type] ?? [];
  const version = Number(event.dataschema.slice(event.dataschema.lastIndexOf(":") + 1));
  if (!Number.isInteger(version) || version < 1 || version > history.length + 1) {
    throw new UnreadableEventError(`${type} has no version ${version} that is known here`);
  }
  try {
    return history
      .slice(version - 1)
      .reduce<unknown>((data, past) => past.upcast(past.data.parse(data) as never), event.data);
  } catch (cause) {
    throw new UnreadableEventError(`${type} of version ${version} cannot be brought up to the newest`, { cause });
  }
}

/** `natster.share.shared` for the event `shared` under `events.share`. */
const typeName = (events: EventsContract, type: string): string =>
  `natster.${events.subject.replace(/^events\./, "")}.${type}`;

const versionOf = (events: EventsContract, type: string): number => (events.history?.[type]?.length ?? 0) + 1;
