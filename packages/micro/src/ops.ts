/** The answering side of operations: the handlers of every service that follows the log. */
import type { AccountKey } from "@natster/contracts";
import type { projectionOps as endpointsOf } from "@natster/contracts/ops";
import { eventStream } from "@natster/contracts/platform";
import { jserrors } from "@nats-io/jetstream/internal";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Command } from "./service/command.ts";
import { decisions, retryParked, type Seen, skipParked } from "./events/decisions.ts";
import type { EventLog } from "./events/event-log.ts";
import type { Call } from "./service/handler.ts";
import type { ParkedPlace } from "./projection/parking.ts";
import type { ProjectionStatus, RunningProjection } from "./projection/projector.ts";
import type { ReactionStatus } from "./reaction/react-to-each.ts";
import { reasonOf } from "./reason.ts";
import { refuse } from "./service/refusal.ts";
import { tell } from "./service/tell.ts";
import { streamsManager } from "./streams.ts";

type Endpoints = ReturnType<typeof endpointsOf>;
type Kept = Omit<RunningProjection<unknown>, "rows">;

/** Something that follows the log: how it stands, and how it stood when that was known last. */
interface Follower<T> {
  status(): Promise<T>;
  readonly lag: T;
}

/** What follows the log in a service, by name. */
export interface Followers {
  readonly kept?: Readonly<Record<string, Follower<ProjectionStatus>>>;
  readonly reactions?: Readonly<Record<string, Follower<ReactionStatus>>>;
}

/** Makes the handler of `followerOps`. */
export const followerOps = ({ kept = {}, reactions = {} }: Followers) => ({
  status: async () => {
    const [projected, reacted] = await Promise.all([statusOf(kept), statusOf(reactions)]);
    return {
      projections: Object.entries(projected).map(([projection, status]) => ({ projection, ...status })),
      reactions: Object.entries(reacted).map(([reaction, status]) => ({ reaction, ...status })),
    };
  },
});

/** A service that keeps projections. */
export interface Keeper extends Followers {
  readonly contract: { readonly name: string; readonly endpoints: Endpoints };
  readonly connection: NatsConnection;
  readonly log: EventLog;
  /** Its projections, by name. */
  readonly kept: Readonly<Record<string, Kept>>;
}

/** Makes the handlers of `projectionOps` for a service's projections. */
export function projectionOps({ contract, connection, log, kept, reactions = {} }: Keeper) {
  const { endpoints } = contract;
  type Named = Endpoints["rebuild" | "parked" | "retry" | "skip"];
  const find = (endpoint: Named, name: string) => {
    const projection = Object.hasOwn(kept, name) ? kept[name] : undefined;
    if (!projection) throw refuse(endpoint, "projection_unknown");
    return projection;
  };

  /** Records a decision about what stands aside of a projection, and waits until it has been followed. */
  async function mend(
    endpoint: Endpoints["retry" | "skip"],
    { projection: name, sequence }: { readonly projection: string; readonly sequence?: number | undefined },
    command: Command,
    decide: (seen: Seen) => Parameters<typeof log.append<typeof decisions.events, typeof decisions.initial>>[2],
  ) {
    const projection = find(endpoint, name);
    const id = { service: contract.name, projection: name };
    const { last } = await log.load(decisions, id);
    await projection.caughtUp(last);
    const stands = await standsAside(connection, projection, sequence);
    const refusal = stands ? undefined : refuse(endpoint, "event_not_parked");
    const after = await log.append(decisions, id, decide({ last, refusal }), command);
    await projection.caughtUp(after);
    return { after, parked: await projection.parked.total() };
  }

  return {
    ...followerOps({ kept, reactions }),
    rebuild: async ({ request }: Call<Endpoints["rebuild"]>) => {
      await find(endpoints.rebuild, request.projection)
        .rebuild()
        .catch((error: unknown) => {
          throw error instanceof jserrors.StreamNotFoundError ? refuse(endpoints.rebuild, "not_provided") : error;
        });
      return {};
    },
    parked: async ({ request: { projection, ...paging } }: Call<Endpoints["parked"]>) => {
      const { rows, cursor } = await find(endpoints.parked, projection).parked.page(paging);
      return {
        rows: rows.map(({ row, sequence }) => ({ ...row, sequence })),
        ...(cursor !== undefined && { cursor }),
      };
    },
    retry: ({ request, command }: Call<Endpoints["retry"]>) =>
      mend(endpoints.retry, request, command, (seen) => retryParked(request.sequence, seen)),
    skip: ({ request, command }: Call<Endpoints["skip"]>) =>
      mend(endpoints.skip, request, command, (seen) => skipParked(request.sequence, seen)),
  };
}

/**
 * How each of them stands, by name: for `ops status`, and for statistics. Where that cannot be asked, as of a projection
 * whose bucket is gone, why not, and how it stood when it was known last.
 */
export async function statusOf<T extends object>(
  followers: Readonly<Record<string, Follower<T>>>,
): Promise<Record<string, T & { readonly fault?: string }>> {
  const ask = async (follower: Follower<T>): Promise<T & { readonly fault?: string }> => {
    try {
      return await follower.status();
    } catch (error) {
      return { ...follower.lag, fault: reasonOf(error) };
    }
  };
  const all = Object.entries(followers).map(async ([name, follower]) => [name, await ask(follower)] as const);
  return Object.fromEntries(await Promise.all(all));
}

/** Whether an event stands aside, or where none is named, whether any does. */
async function standsAside(connection: NatsConnection, { parked }: Kept, sequence: number | undefined) {
  if (sequence === undefined) return (await parked.total()) > 0;
  const manager = await streamsManager(connection);
  const event = sequence > 0 ? await manager.direct.getMessage(eventStream, { seq: sequence }) : undefined;
  return event !== null && event !== undefined && (await parked.has(event));
}

/** Tells administrators on their feeds, at most once, that a projection could not take in an event. */
export const tellOfParked =
  (connection: NatsConnection, administrators: readonly AccountKey[], projection: string) =>
  (parked: readonly ParkedPlace[]): void => {
    for (const { seq, reason } of parked) {
      tell(connection, administrators, { kind: "parked", projection, sequence: seq, reason });
    }
  };
