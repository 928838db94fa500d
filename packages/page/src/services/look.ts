/** Asks who is there, and goes on asking while somebody looks at the answer. */
import { errors, type NatsConnection } from "@nats-io/nats-core";
import { Svcm } from "@nats-io/services";
import type * as z from "zod";
import { type Directory, type Look, nobody, observe } from "./directory.ts";
import { Info, Stats } from "./wire.ts";

/** What the services API says, or why it says nothing. */
export type Seen =
  | { readonly state: "waiting" }
  | { readonly state: "denied" }
  | { readonly state: "seen"; readonly directory: Directory };

const every = 2_000;

/** Looks every two seconds while the page is visible, and tells what is seen, until the signal says to stop. */
export async function lookOn(
  connection: NatsConnection,
  begin: Seen,
  tell: (seen: Seen) => void,
  signal: AbortSignal,
): Promise<void> {
  let directory = begin.state === "seen" ? begin.directory : nobody;
  while (!signal.aborted) {
    await visible(signal);
    try {
      const look = await lookOnce(connection, directory);
      if (signal.aborted) return;
      directory = observe(directory, look);
      tell({ state: "seen", directory });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof errors.PermissionViolationError) return tell({ state: "denied" });
      // Anything else is a connection that was lost meanwhile: the next look will tell.
    }
    await passed(every, signal);
  }
}

/** Figures of all; the long descriptions only where somebody is there who was not before. */
export async function lookOnce(connection: NatsConnection, known: Directory): Promise<Look> {
  // Replies come from near and far: after the first, the others have half a second.
  const client = new Svcm(connection).client({ strategy: "stall", maxWait: 2_000, stall: 500 });
  const stats = await collect(Stats, () => client.stats());
  const isKnown = ({ id }: Stats) => known.instances.get(id)?.info !== undefined;
  const infos = stats.every(isKnown) ? [] : await collect(Info, () => client.info());
  return { at: Date.now(), stats, infos };
}

async function collect<T>(schema: z.ZodType<T>, ask: () => Promise<AsyncIterable<unknown>>): Promise<T[]> {
  const replies: T[] = [];
  try {
    for await (const reply of await ask()) {
      const read = schema.safeParse(reply);
      if (read.success) replies.push(read.data);
    }
  } catch (error) {
    if (!(error instanceof errors.NoRespondersError)) throw error;
  }
  return replies;
}

/** Resolves when the page is visible, or the signal says to stop. */
const visible = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const check = () => {
      if (document.visibilityState !== "visible" && !signal.aborted) return;
      document.removeEventListener("visibilitychange", check);
      signal.removeEventListener("abort", check);
      resolve();
    };
    document.addEventListener("visibilitychange", check);
    signal.addEventListener("abort", check);
    check();
  });

const passed = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
