/** How subjects and keys are put together. Nothing outside `contracts` and `micro` joins strings into subjects. */
import type { Endpoint, EventsContract, IdOf, ServiceContract } from "./define.ts";

/** Where a service listens for an endpoint: the caller's account first on the platform, `*` for what is not fixed. */
export function servedSubject(
  service: ServiceContract,
  endpoint: Endpoint,
  fixed: Record<string, string> = {},
): string {
  const subject = endpoint.subject.replace(/\{(\w+)\}/g, (_, name: string) => fixed[name] ?? "*");
  return service.runsIn === "platform" ? `*.${subject}` : subject;
}

/** Where a client asks: the endpoint's subject with its parameters filled in, all of them checked before. */
export const askedSubject = (endpoint: Endpoint, params: Record<string, string>): string =>
  endpoint.subject.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${endpoint.subject} needs ${name}`);
    return value;
  });

/** The parameters that a served subject carries, by the placeholders of the endpoint's. */
export function paramsIn(service: ServiceContract, endpoint: Endpoint, subject: string): Record<string, string> {
  const tokens = subject.split(".").slice(service.runsIn === "platform" ? 1 : 0);
  const params: Record<string, string> = {};
  endpoint.subject.split(".").forEach((token, index) => {
    const name = /^\{(\w+)\}$/.exec(token)?.[1];
    if (name) params[name] = tokens[index] ?? "";
  });
  return params;
}

/** All events of one aggregate. */
export const aggregateFilter = <E extends EventsContract>(events: E, id: IdOf<E>): string =>
  `${aggregatePrefix(events, id)}.*`;

/** One event of one aggregate. */
export const eventSubject = <E extends EventsContract>(events: E, id: IdOf<E>, type: string): string =>
  `${aggregatePrefix(events, id)}.${type}`;

const aggregatePrefix = <E extends EventsContract>(events: E, id: IdOf<E>): string => {
  const checked: Record<string, string> = events.id.parse(id) as Record<string, string>;
  return [events.subject, ...Object.keys(events.id.shape).map((name) => checked[name])].join(".");
};

/** Every event of a family, or those of one type, or those of aggregates of which a part of the id is known. */
export const familyFilter = (
  events: EventsContract,
  type = "*",
  known: Readonly<Record<string, string | undefined>> = {},
): string => [events.subject, ...Object.keys(events.id.shape).map((name) => known[name] ?? "*"), type].join(".");

/** Where the timer of an aggregate is set, and where it is found when it is due. */
export const timerSubject = <E extends EventsContract>(events: E, id: IdOf<E>): string =>
  aggregatePrefix(events, id).replace(/^events\./, "timers.set.");
export const dueSubject = <E extends EventsContract>(events: E, id: IdOf<E>): string =>
  aggregatePrefix(events, id).replace(/^events\./, "timers.due.");

/** Every timer of a family that is set, and every one that is due. */
export const timersFilter = (events: EventsContract, which: "set" | "due"): string =>
  `${events.subject.replace(/^events\./, `timers.${which}.`)}.>`;

/** The aggregate's id that a due timer's subject carries, or undefined where it is not of this family. */
export const readDueSubject = <E extends EventsContract>(events: E, subject: string): IdOf<E> | undefined =>
  readEventSubject(events, `${subject.replace(/^timers\.due\./, "events.")}.due`)?.id;

/** The aggregate's id and the type that an event's subject carries, or undefined where it is not of this family. */
export function readEventSubject<E extends EventsContract>(
  events: E,
  subject: string,
): { id: IdOf<E>; type: string } | undefined {
  const end = subject.lastIndexOf(".");
  const id = idIn(events, subject.slice(0, end));
  return id && { id: id as IdOf<E>, type: subject.slice(end + 1) };
}

/** The ids that were read last: to check a key's checksum costs more than all else that is done with an event. */
const lately = new WeakMap<EventsContract, Map<string, object>>();
const remembered = 10_000;

function idIn(events: EventsContract, aggregate: string): object | undefined {
  const known = lately.get(events)?.get(aggregate);
  if (known || !aggregate.startsWith(`${events.subject}.`)) return known;
  const tokens = aggregate.slice(events.subject.length + 1).split(".");
  const names = Object.keys(events.id.shape);
  if (tokens.length !== names.length) return undefined;
  const id = events.id.safeParse(Object.fromEntries(names.map((name, index) => [name, tokens[index]])));
  if (!id.success) return undefined;
  let ids = lately.get(events);
  if (!ids || ids.size >= remembered) lately.set(events, (ids = new Map()));
  ids.set(aggregate, Object.freeze(id.data));
  return id.data;
}

/** The stream behind a bucket, and the subject of one of its keys, as ADR-8 has them. */
export const bucketStream = (bucket: string): string => `KV_${bucket}`;
export const bucketSubject = (bucket: string, key: string): string => `$KV.${bucket}.${key}`;

/** Where one instance of a service, or any, says how it is; inside its own account only. */
export const healthSubject = (service: string, instance = "*"): string => `health.${service}.${instance}`;
