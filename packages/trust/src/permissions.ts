/** What each user of the platform may say and hear: derived from the contracts, and nothing beyond them. */
import {
  bucketStream,
  bucketSubject,
  healthSubject,
  partName,
  projectionStates,
  servedSubject,
  timersFilter,
  type ServiceContract,
  type UserKey,
} from "@natster/contracts";
import {
  allEvents,
  eventStream,
  expiries,
  feedSubject,
  partsOfProjection,
  type PlatformService,
  projections,
  projectionSides,
  reactions,
  services,
  timers,
  timerStream,
  type VolatileBucket,
  volatileBuckets,
} from "@natster/contracts/platform";
import { inbox, streamsApi } from "@natster/contracts/borders";

/** What a user may publish and subscribe to, as a user JWT has it. */
export interface Permissions {
  readonly pub: { readonly allow: readonly string[] };
  readonly sub: { readonly allow: readonly string[] };
  /** How often, and for how many nanoseconds, it may answer where a message asks it to. */
  readonly resp?: { readonly max: number; readonly ttl: number };
}

/** One answer for each request, within the two minutes for which nats-server keeps the way back open. */
export const replies = { max: 1, ttl: 120 * 1_000_000_000 } as const;

/**
 * A service in the platform's account: it hears its own endpoints and answers whoever asks. It can say nothing by
 * itself, but for notices.
 */
export function servicePermissions(name: PlatformService, user: UserKey): Permissions {
  const service: ServiceContract = services[name];
  return {
    pub: { allow: noticesOf(name) },
    sub: {
      allow: [
        ...Object.values(service.endpoints).map((endpoint) => servedSubject(service, endpoint)),
        ...["PING", "INFO", "STATS"].flatMap((verb) => [
          `$SRV.${verb}`,
          `$SRV.${verb}.${name}`,
          `$SRV.${verb}.${name}.*`,
        ]),
        healthSubject(name),
        inbox(user),
      ],
    },
    resp: replies,
  };
}

/**
 * Whoever keeps projections tells administrators what it could not take in, and codes tells of wrong tries, which are in
 * no log; all else is the projector's to tell.
 */
function noticesOf(name: PlatformService): string[] {
  if (name === "projector") return [feedSubject("*", ">")];
  if (name === "codes") return [feedSubject("*", "tries")];
  return projections.some(({ service }) => service === name) ? [feedSubject("*", "parked")] : [];
}

/**
 * The same service in the account of its own, from which it reaches the streams. What it says there goes where that
 * account's imports lead, and nowhere else: the border is theirs, and holds for reply subjects too.
 */
export const streamsPermissions = (user: UserKey): Permissions => ({
  pub: { allow: [">"] },
  sub: { allow: [inbox(user)] },
});

/**
 * What a service says to the streams: it appends its own events, and reads and writes its own durables and buckets. Where
 * the log is projected in another number of parts than before, both numbers are given.
 */
export function streamsSubjects(name: PlatformService, partitions: readonly number[] = []): string[] {
  const service: ServiceContract = services[name];
  const owned = service.owns ?? [];
  const filled = projectionSides.filter(({ durable }) => durable.service === name);
  const states = projections.filter(({ service: owner }) => owner === name).map(({ bucket }) => bucket.name);
  // The parts of a side have durables and records of their own.
  const filledBy = filled.flatMap(({ bucket }) =>
    [1, ...partitions].flatMap((count) => partsOfProjection(bucket, count).map((part) => partName(bucket.name, part))),
  );
  const parts = [...new Set(filledBy)];
  const durables = [
    ...parts,
    ...reactions.filter((durable) => durable.service === name).map((durable) => durable.name),
  ];
  const rebuilt = filled.map(({ bucket }) => bucket.name);
  const buckets = [
    ...rebuilt,
    ...volatileBuckets.filter((entry) => entry.service === name).map((entry) => entry.bucket.name),
  ];
  const read = volatileBuckets.filter(({ readers = [] }: VolatileBucket) => readers.includes(name));
  const due = timers.filter((each) => each.service === name);
  const readsEvents = owned.length > 0 || durables.length > 0;
  return [
    ...owned.map((prefix) => `${prefix}.>`),
    ...(readsEvents ? reading(eventStream) : []),
    ...durables.flatMap((durable) => consuming(eventStream, durable)),
    ...due.flatMap(({ name: durable, of }) => [timersFilter(of, "set"), ...consuming(timerStream, durable)]),
    // Since when what is due has been waiting.
    ...(due.length > 0 ? [`${streamsApi}.DIRECT.GET.${timerStream}`] : []),
    ...expiries
      .filter((each) => each.service === name)
      .flatMap(({ name: durable, bucket }) => consuming(bucketStream(bucket.name), durable)),
    ...buckets.flatMap((bucket) => [bucketSubject(bucket, ">"), ...reading(bucketStream(bucket))]),
    ...read.flatMap(({ bucket }) => reading(bucketStream(bucket.name))),
    ...rebuilt.map((bucket) => `${streamsApi}.STREAM.PURGE.${bucketStream(bucket)}`),
    ...[...states, ...parts].map((row) => bucketSubject(projectionStates.name, row)),
    ...(states.length > 0 ? reading(bucketStream(projectionStates.name)) : []),
  ];
}

/** Makes streams, consumers and buckets, and restores them. Whoever can make a consumer can aim it at any subject. */
export const bootstrapPermissions = (user: UserKey): Permissions => ({
  pub: { allow: ["$JS.API.>", allEvents] },
  sub: { allow: [inbox(user)] },
});

/** Reads a stream's messages and state. Direct reads may name the subject, as tokens after the stream. */
const reading = (stream: string): string[] => [
  `${streamsApi}.STREAM.INFO.${stream}`,
  `${streamsApi}.STREAM.MSG.GET.${stream}`,
  `${streamsApi}.DIRECT.GET.${stream}`,
  `${streamsApi}.DIRECT.GET.${stream}.>`,
];

/** Takes, acknowledges and rewinds what one durable delivers. */
const consuming = (stream: string, durable: string): string[] => [
  ...["MSG.NEXT", "INFO", "RESET", "UNPIN"].map((verb) => `${streamsApi}.CONSUMER.${verb}.${stream}.${durable}`),
  `$JS.ACK.${stream}.${durable}.>`,
];
