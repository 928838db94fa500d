/**
 * Makes every stream, durable and bucket that the contracts name. Only the bootstrap user may: a running service that
 * could make a consumer could aim it at any subject.
 */
import {
  type BucketContract,
  bucketStream,
  bucketSubject,
  partName,
  projectionStates,
  timersFilter,
  whole,
} from "@natster/contracts";
import {
  deliveredTo,
  events,
  eventStream,
  expiries,
  partsOfProjection,
  projectionSides,
  reactions,
  timers,
  timerStream,
  volatileBuckets,
} from "@natster/contracts/platform";
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  StoreCompression,
  type StreamConfig,
} from "@nats-io/jetstream";
import { jserrors } from "@nats-io/jetstream/internal";
import { type NatsConnection, nanos } from "@nats-io/nats-core";
import { answersWithin, pinnedGroup } from "./events/durable.ts";

/** How much of what is provided. */
export interface ProvisionOptions {
  /** Copies of every stream: 3 in a cluster. As many as there are where nothing is said, and one to begin with. */
  readonly replicas?: number;
  /** In how many parts the log is projected. Parts of which there were more before are left as they are. */
  readonly partitions?: number;
}

/** The most that the log may take on disk, and what runs out. When the log is full it refuses; it never forgets. */
const gibibyte = 2 ** 30;
const [logBytes, timerBytes] = [8 * gibibyte, gibibyte];

/** JetStream has less room than the streams ask for. */
export class NoStorageError extends Error {
  override readonly name = "NoStorageError";
}

/**
 * Provides everything; what exists already is brought up to date, and nothing is ever removed. Throws `NoStorageError`
 * where nats-server has no room for it.
 */
export async function provision(
  connection: NatsConnection,
  { replicas, partitions = 1 }: ProvisionOptions = {},
): Promise<void> {
  const manager = await jetstreamManager(connection);
  const copies = replicas === undefined ? {} : { num_replicas: replicas };
  const log = ensureStream(manager, {
    name: eventStream,
    description: "Everything that happened",
    subjects: events.map((family) => `${family.subject}.>`),
    ...copies,
    max_bytes: logBytes,
    // One grant is about a kilobyte; nothing that is recorded comes near this.
    max_msg_size: 64 * 1024,
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    compression: StoreCompression.S2,
    duplicate_window: nanos(120_000),
    deny_delete: true,
    deny_purge: true,
    allow_rollup_hdrs: false,
    allow_direct: true,
    allow_atomic: true,
  });
  const due = ensureStream(manager, {
    name: timerStream,
    description: "What runs out, and what has",
    subjects: ["timers.>"],
    ...copies,
    max_bytes: timerBytes,
    max_msg_size: 4 * 1024,
    storage: StorageType.File,
    // JetStream refuses schedules on a stream that discards new messages; what is set can be set again from the log.
    discard: DiscardPolicy.Old,
    allow_msg_schedules: true,
    allow_msg_ttl: true,
    allow_direct: true,
  });
  const [areTimersNew] = await Promise.all([
    due,
    log,
    ...[projectionStates, ...projectionSides.map(({ bucket }) => bucket)].map((bucket) =>
      ensureStream(manager, { ...bucketConfig(bucket), ...copies }),
    ),
    ...volatileBuckets.map(({ bucket }) =>
      ensureStream(manager, {
        ...bucketConfig(bucket),
        ...copies,
        allow_msg_ttl: true,
        subject_delete_marker_ttl: nanos(60_000),
      }),
    ),
  ]);
  // What was set before is gone with the stream: all that stands is set again from the log.
  if (areTimersNew) await Promise.all(timers.map(({ setBy }) => dropDurable(manager, eventStream, setBy.name)));
  // All at once: whoever starts a system waits for this.
  await Promise.all([
    ...projectionSides.flatMap(({ bucket, durable }) => {
      // In one part it is filled until it has been filled in so many.
      const parts = [whole, ...partsOfProjection(bucket, partitions)].map((part) => partName(durable.name, part));
      return [...new Set(parts)].map((name) => ensureDurable(manager, eventStream, name, deliveredTo(durable), pinned));
    }),
    ...reactions.map((durable) => ensureDurable(manager, eventStream, durable.name, deliveredTo(durable))),
    ...expiries.map(({ name, bucket }) =>
      ensureDurable(manager, bucketStream(bucket.name), name, bucketSubject(bucket.name, ">")),
    ),
    ...timers.map(({ name, of }) => ensureDurable(manager, timerStream, name, timersFilter(of, "due"))),
  ]);
}

const bucketConfig = (bucket: BucketContract): Partial<StreamConfig> & { name: string } => ({
  name: bucketStream(bucket.name),
  description: bucket.summary,
  subjects: [bucketSubject(bucket.name, ">")],
  max_msgs_per_subject: 1,
  storage: StorageType.File,
  discard: DiscardPolicy.New,
  allow_rollup_hdrs: true,
  deny_delete: true,
  allow_direct: true,
  // Many rows are written with one wait for the disk (ADR 32).
  allow_atomic: true,
});

/** Makes a stream, or changes it to this, but for the room that somebody has given it beyond; tells whether it is new. */
async function ensureStream(
  manager: JetStreamManager,
  config: Partial<StreamConfig> & { name: string },
): Promise<boolean> {
  const there = await found(manager.streams.info(config.name));
  try {
    if (there) await manager.streams.update(config.name, { ...config, ...roomOf(config, there.config) });
    else await manager.streams.add(config);
  } catch (cause) {
    throw cause instanceof JetStreamApiError && isOfStorage(cause) ? noRoomFor(config.name, cause) : cause;
  }
  return !there;
}

/** The larger room of two; -1 is as much as there is. */
const roomOf = ({ max_bytes = -1 }: Partial<StreamConfig>, there: StreamConfig): Pick<StreamConfig, "max_bytes"> => ({
  max_bytes: Math.min(max_bytes, there.max_bytes) < 0 ? there.max_bytes : Math.max(max_bytes, there.max_bytes),
});

/** What nats-server has; undefined only where it says itself that it has none: what gives no answer may well be there. */
const found = <T>(asked: Promise<T>): Promise<T | undefined> =>
  asked.catch((error: unknown) => {
    if (error instanceof jserrors.StreamNotFoundError || error instanceof jserrors.ConsumerNotFoundError)
      return undefined;
    throw error;
  });

/** One server says it by a number, a cluster in words (`selectPeerError` of nats-server). */
const isOfStorage = ({ code, message }: JetStreamApiError): boolean =>
  code === 10047 || (code === 10005 && message.includes("insufficient storage"));

const noRoomFor = (stream: string, cause: JetStreamApiError): NoStorageError => {
  const asked = (logBytes + timerBytes) / gibibyte;
  return new NoStorageError(
    `nats-server has no room for the stream ${stream}: ${cause.message}. All streams ask for ${asked} GiB; it gives three quarters of what is free on its disk when it starts (Max Storage in its log), so start it again with ${(asked / 3) * 4} GiB free`,
    { cause },
  );
};

/** Has a durable begin with the first message again, which it does where it is made anew. */
async function dropDurable(manager: JetStreamManager, stream: string, name: string): Promise<void> {
  const there = await found(manager.consumers.info(stream, name));
  if (there) await manager.consumers.delete(stream, name);
}

/** One of those that pull gets everything, and another only once that one has been silent for two seconds. */
const pinned: Partial<ConsumerConfig> = {
  priority_groups: [pinnedGroup],
  priority_policy: "pinned_client",
  priority_timeout: nanos(2_000),
  // Nobody waits for a redelivery: who takes over begins at the checkpoint. What is on its way to a busy machine, which
  // catches up with several projections at once, may take long.
  ack_wait: nanos(120_000),
  max_ack_pending: 10_000,
};

async function ensureDurable(
  manager: JetStreamManager,
  stream: string,
  name: string,
  filter: string,
  more: Partial<ConsumerConfig> = {},
): Promise<void> {
  const config = {
    description: `Feeds ${name}`,
    filter_subjects: [filter],
    ack_wait: nanos(answersWithin),
    // A projector never skips: what fails comes again for ever.
    max_deliver: -1,
    max_ack_pending: 5_000,
    ...more,
  };
  const there = await found(manager.consumers.info(stream, name));
  if (there) await manager.consumers.update(stream, name, config);
  else {
    await manager.consumers.add(stream, {
      ...config,
      durable_name: name,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      replay_policy: ReplayPolicy.Instant,
    });
  }
}
