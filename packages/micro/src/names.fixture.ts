/** What tests of projections stand on: a log of accounts that are renamed, and every name that each of them has had. */
import { type AccountKey, defineBucket, Handle } from "@natster/contracts";
import { accountEvents, accounts } from "@natster/contracts/accounts";
import type { NatsConnection } from "@nats-io/nats-core";
import { afterEach, beforeEach } from "vitest";
import * as z from "zod";
import { defineAggregate } from "./events/aggregate.ts";
import type { Command } from "./service/command.ts";
import { type EventLog, openEventLog } from "./events/event-log.ts";
import { endless, recordingLog, startNats, type TestNats } from "./nats.fixture.ts";
import { defineProjection, type Projection } from "./projection/projection.ts";
import { type ProjectionOptions, runProjection, type RunningProjection } from "./projection/projector.ts";

/** What the test that runs has, in a file that says `startNatsForEach`. */
export let nats: TestNats;
export let connection: NatsConnection;
export let log: EventLog;

/** Gives each test of a file a nats-server of its own, with the log of accounts on a connection to it. */
export function startNatsForEach(): void {
  beforeEach(async () => {
    poison.clear();
    nats = await startNats();
    connection = await nats.connect();
    log = await openEventLog(connection, accounts, endless);
  });
  afterEach(() => nats?.[Symbol.asyncDispose]());
}

export const Row = z.strictObject({ names: z.array(z.string()) });
export type Row = z.infer<typeof Row>;
/** The durables of this name read accounts and handles. */
export const people = defineBucket({ name: "people", summary: "Every name that an account ever had", row: Row });

/** Whatever happens to an account may happen: nothing is decided by it. */
export const named = defineAggregate({ events: accountEvents, initial: 0, evolve: (times) => times + 1 });

let commands = 0;
export const command = (account: AccountKey, id = `command-${++commands}`): Command => ({
  id,
  name: "test",
  caller: { account, newcomer: false, administrator: false },
});

/** Renames an account, several times in one decision; resolves with the sequence of the last. */
export const rename = (account: AccountKey, ...handles: string[]): Promise<number> =>
  log.append(
    named,
    { account },
    () => handles.map((handle) => ({ type: "renamed" as const, data: { handle: Handle.parse(handle) } })),
    command(account),
  );

/** Names that cannot be taken in, as by code that has a mistake in it; none when a test begins. A mend takes them away. */
export const poison = new Set<string>();

/** Every name there was, or what happened instead. */
export const names = defineProjection(people, (from) => [
  from(accountEvents, {
    key: ({ account }) => account,
    evolve: (row, { type, data }) => {
      const name = type === "renamed" ? data.handle : type;
      if (poison.has(name)) throw new Error(`${name} is poison`);
      return { names: [...(row?.names ?? []), name] };
    },
  }),
]);

export type Names = RunningProjection<Row>;

/** Runs the projection of names, or another of its rows, on a connection of its own unless one is given. */
export const runNames = async (
  options: Partial<ProjectionOptions> = {},
  projection: Projection<typeof people> = names,
): Promise<Names> =>
  runProjection(projection, { connection: await nats.connect(), log: recordingLog().log, ...options });

export const namesOf = async (projection: Pick<Names, "rows">, account: AccountKey) =>
  (await projection.rows.get(account))?.row.names;
