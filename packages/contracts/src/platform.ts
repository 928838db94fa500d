/** The platform: its services, streams and buckets, and what its account offers to the others. */
import { access, accountEvents, accounts, handleEvents } from "./accounts.ts";
import { catalog, catalogEvents, shareEvents } from "./catalog.ts";
import { codeEvents, codes, codeTries, openCodes } from "./codes.ts";
import type { BucketContract, EventsContract } from "./define.ts";
import { files } from "./files.ts";
import { presence, projector } from "./library.ts";
import { projectionEvents } from "./ops.ts";
import { type Part, partsOf } from "./partitions.ts";
import type { Projection } from "./projection.ts";
import * as readModels from "./read-models/mod.ts";
import { Side, sideOf } from "./sides.ts";
import { familyFilter } from "./subjects.ts";
import { web } from "./web.ts";

/** Every service, the five of the platform and the one that runs beside the files. */
export const services = { accounts, codes, catalog, projector, web, "file-server": files } as const;
export type ServiceName = keyof typeof services;

/** Every kind of aggregate. */
export const events = [accountEvents, handleEvents, codeEvents, catalogEvents, shareEvents, projectionEvents] as const;

/** The stream that holds the event log. */
export const eventStream = "EVENTS";

/** Every event of every aggregate. */
export const allEvents = "events.>";

/** Where an account's notices are published: `feed.<account>.<kind>` in the platform's account. */
export const feedSubject = (account: string, kind: string): string => `feed.${account}.${kind}`;

/** A durable that feeds one service, and the event families it reads. */
export interface DurableContract {
  readonly name: string;
  readonly service: ServiceName;
  readonly from: readonly EventsContract[];
  /** The event types it reads of those; every type where nothing is said. */
  readonly types?: readonly string[];
  /** More that it reads, as a filter: what was decided about the projection itself. */
  readonly about?: string;
}

/** What a durable reads, as filters of subjects. */
export const filtersOf = ({ from, types, about }: DurableContract): string[] => [
  ...from.flatMap((family) => (types ? types.map((type) => familyFilter(family, type)) : [familyFilter(family)])),
  ...(about === undefined ? [] : [about]),
];

/**
 * What nats-server delivers to a durable: one filter, since several are far slower (ADR 30). Where it reads under more
 * than one, everything comes, and whoever reads it passes over the rest by `readsOf`.
 */
export const deliveredTo = (durable: DurableContract): string => {
  const [only, ...more] = filtersOf(durable);
  return only !== undefined && more.length === 0 ? only : allEvents;
};

/** Tells what a durable reads from what is only delivered to it, by the subject. */
export function readsOf(durable: DurableContract): (subject: string) => boolean {
  const patterns = filtersOf(durable).map((filter) => filter.replaceAll(".", "\\.").replaceAll("*", "[^.]+"));
  const pattern = new RegExp(`^(?:${patterns.join("|")})$`);
  return (subject) => pattern.test(subject);
}

/** A projection as the platform provides for it: two buckets, and for each the durable of the same name. */
const projection = (service: ServiceName, bucket: BucketContract, ...from: EventsContract[]) => ({
  bucket,
  service,
  from,
  sides: Side.options.map((side) => ({
    bucket: sideOf(bucket, side),
    durable: {
      name: sideOf(bucket, side).name,
      service,
      from,
      about: familyFilter(projectionEvents, "*", { service, projection: bucket.name }),
    } satisfies DurableContract,
  })),
});

/** Every projection: who writes which bucket from which events. The read models name their own. */
export const projections = [
  projection("accounts", access, accountEvents, catalogEvents, shareEvents),
  ...Object.values<Projection>(readModels).map(({ into, rows }) =>
    projection("projector", into, ...new Set(rows.map(({ events: family }) => family))),
  ),
] as const;

/** Every side of every projection: a bucket, and the durable that fills it. */
export const projectionSides = projections.flatMap(({ sides }) => sides);

/**
 * The projections from which an event of a family has to be skipped until decisions do without it too: the one that
 * nats-server enforces, so that no door stands open of which decisions know nothing; where that does not read it, all that do.
 */
export function decidedBy(family: EventsContract): readonly string[] {
  const readers = projections.filter(({ from }) => from.includes(family)).map(({ bucket }) => bucket.name);
  return readers.includes(access.name) ? [access.name] : readers;
}

/** The parts in which a projection is filled, of so many that the log is projected in. */
export const partsOfProjection = ({ undivided }: BucketContract, partitions: number): Part[] =>
  partsOf(undivided ? 1 : partitions);

/** Claimed codes, which make `accounts` register who claimed them. */
export const enrolments: DurableContract = {
  name: "enrolments",
  service: "accounts",
  from: [codeEvents],
  types: ["claimed"],
};

/** Catalogs that were retired, whose shares `catalog` ends. */
export const retirements: DurableContract = {
  name: "retirements",
  service: "catalog",
  from: [catalogEvents],
  types: ["retired"],
};

/** Accounts that were closed, whose catalogs and shares `catalog` ends. */
export const closures: DurableContract = {
  name: "closures",
  service: "catalog",
  from: [accountEvents],
  types: ["closed"],
};

/** Grants, of which `catalog` sets a timer for those that run out. */
export const grants: DurableContract = { name: "grants", service: "catalog", from: [shareEvents], types: ["shared"] };

/** Catalogs that were published, of which `catalog` sets a timer for those that are so for a while. */
export const publications: DurableContract = {
  name: "publications",
  service: "catalog",
  from: [catalogEvents],
  types: ["published"],
};

/** Catalogs that everybody could read, and from whom `catalog` takes them who had no grant. */
export const withdrawals: DurableContract = {
  name: "withdrawals",
  service: "catalog",
  from: [catalogEvents],
  types: ["unpublished"],
};

/** Codes that were issued, for each of which `codes` sets a timer. */
export const issuedCodes: DurableContract = {
  name: "issued_codes",
  service: "codes",
  from: [codeEvents],
  types: ["issued"],
};

/** The stream that holds JetStream's schedules, and what has fallen due. */
export const timerStream = "TIMERS";

/** A durable of due timers, and the aggregates that they are about. */
export interface TimersContract {
  readonly name: string;
  readonly service: PlatformService;
  readonly of: EventsContract;
  /** The durable of the events by which they are set. */
  readonly setBy: DurableContract;
}

/** What runs out by itself: grants, publications and codes. */
export const dueGrants = {
  name: "due_grants",
  service: "catalog",
  of: shareEvents,
  setBy: grants,
} as const satisfies TimersContract;
export const duePublications = {
  name: "due_publications",
  service: "catalog",
  of: catalogEvents,
  setBy: publications,
} as const satisfies TimersContract;
export const dueCodes = {
  name: "due_codes",
  service: "codes",
  of: codeEvents,
  setBy: issuedCodes,
} as const satisfies TimersContract;
export const timers: readonly TimersContract[] = [dueGrants, duePublications, dueCodes];

/** Durables that make a service act on events instead of filling a bucket. */
export const reactions: readonly DurableContract[] = [
  enrolments,
  retirements,
  closures,
  grants,
  publications,
  withdrawals,
  issuedCodes,
];

/** Buckets that hold more than what the log says: their entries end by themselves. */
export const volatileBuckets = [
  { service: "codes", bucket: openCodes },
  { service: "codes", bucket: codeTries, readers: ["projector"] },
  { service: "projector", bucket: presence },
] as const satisfies readonly VolatileBucket[];

/** A bucket that one service writes, and others may read. */
export interface VolatileBucket {
  readonly service: ServiceName;
  readonly bucket: BucketContract;
  readonly readers?: readonly ServiceName[];
}

/** A durable of a bucket's own stream, by which a service learns what ended there by itself. */
export interface ExpiriesContract {
  readonly name: string;
  readonly service: PlatformService;
  readonly bucket: BucketContract;
}

/** Instances that fell silent. */
export const silences = {
  name: "silences",
  service: "projector",
  bucket: presence,
} as const satisfies ExpiriesContract;
export const expiries: readonly ExpiriesContract[] = [silences];

/** A service that runs in the platform's account. */
export type PlatformService = {
  [N in ServiceName]: (typeof services)[N]["runsIn"] extends "platform" ? N : never;
}[ServiceName];

/** The services that run in the platform's account. */
export const platformServices = Object.values(services).flatMap((service) =>
  service.runsIn === "platform" ? [service.name] : [],
);

/** The services that reach the streams, each from an account of its own. `web` has nothing to keep there. */
export const streamsServices = ["accounts", "codes", "catalog", "projector"] as const satisfies PlatformService[];
export type StreamsService = (typeof streamsServices)[number];
