/** What stands of a projection, for all processes that run it: which of its sides is read, and which is filled anew. */
import { type BucketContract, type ProjectionState, projectionStates } from "@natster/contracts";
import type { NatsConnection } from "@nats-io/nats-core";
import { openRows } from "./rows.ts";

export interface SharedState {
  /** As it was when this process last looked at it, or changed it. */
  readonly seen: ProjectionState;
  /** As it is now, of which nothing follows: `seen` stays. */
  now(): Promise<ProjectionState>;
  /** As it is now; it is made where there is none yet. */
  look(): Promise<ProjectionState>;
  /** Changes it, unless somebody else has changed it meanwhile; `how` says nothing where it is to stay. */
  change(how: (now: ProjectionState) => ProjectionState | undefined): Promise<void>;
}

/** Reads what stands of the projection into a bucket; the first that asks makes it, with `parts` parts. */
export async function openState(connection: NatsConnection, into: BucketContract, parts: number): Promise<SharedState> {
  const states = await openRows(connection, projectionStates);
  const first = (): ProjectionState => ({
    active: "a",
    version: into.version ?? 1,
    since: new Date(0).toISOString(),
    ...inParts(parts),
  });

  async function current(): Promise<ProjectionState> {
    for (;;) {
      const { row, revision } = await states.slot(into.name);
      if (row) return row;
      const made = first();
      if ((await states.put(into.name, made, 0, revision)) !== undefined) return made;
    }
  }

  let seen = await current();
  return {
    get seen() {
      return seen;
    },
    now: current,
    async look() {
      seen = await current();
      return seen;
    },
    async change(how) {
      const { row, revision } = await states.slot(into.name);
      const next = row && how(row);
      if (next && (await states.put(into.name, next, 0, revision)) !== undefined) seen = next;
    },
  };
}

/** In one part nothing is said of it, so that older code reads the same state. */
export const inParts = (parts: number): { parts?: number } => (parts === 1 ? {} : { parts });
