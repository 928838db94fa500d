/** What is known of every service instance, one look after another. Pure: the time comes from the caller. */
import type { EndpointStats, Info, Stats } from "./wire.ts";

/** One look: everything that answered. */
export interface Look {
  readonly at: number;
  readonly stats: readonly Stats[];
  readonly infos: readonly Info[];
}

/** One instance, as it was when it last answered. */
export interface Instance {
  readonly stats: Stats;
  readonly info: Info | undefined;
  readonly first: number;
  readonly seen: number;
  /** How many looks it has not answered since. */
  readonly missed: number;
}

/** How often each thing was asked per second, from one look to the next; the newest last. */
export type Rates = ReadonlyMap<string, readonly number[]>;

export interface Directory {
  /** Times of the first look and of the newest. */
  readonly began: number;
  readonly at: number;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly rates: Rates;
}

export const nobody: Directory = { began: 0, at: 0, instances: new Map(), rates: new Map() };

/** An answer can come late once; twice is silence. */
export const isSilent = ({ missed }: Instance): boolean => missed >= 2;

/** Adds what was seen in one look. */
export function observe(before: Directory, { at, stats, infos }: Look): Directory {
  const answered = new Map(stats.map((each) => [each.id, each]));
  const told = new Map(infos.map((each) => [each.id, each]));
  const instances = new Map<string, Instance>();
  for (const [id, known] of before.instances) {
    if (!answered.has(id) && at - known.seen < forgetAfter) instances.set(id, { ...known, missed: known.missed + 1 });
  }
  for (const [id, each] of answered) {
    const known = before.instances.get(id);
    instances.set(id, {
      stats: each,
      info: told.get(id) ?? known?.info,
      first: known?.first ?? at,
      seen: at,
      missed: 0,
    });
  }
  return { began: before.began || at, at, instances, rates: measure(before, answered.values(), at) };
}

/** The name under which the rate of an endpoint is kept, and that of its service without one. */
export const rateKey = (service: string, endpoint?: string): string => JSON.stringify([service, endpoint]);

/** An endpoint as all instances of its service have it: an instance's own name in its subject is left open. */
export const endpointKey = (
  { id }: Pick<Stats, "id">,
  { name, subject }: Pick<EndpointStats, "name" | "subject">,
): string => `${name} ${commonSubject(id, subject)}`;
export const commonSubject = (id: string, subject: string): string =>
  subject
    .split(".")
    .map((token) => (token === id ? "{instance}" : token))
    .join(".");

/** How long a silent instance is still shown. */
const forgetAfter = 30_000;
const remembered = 60;
/** After a longer pause, such as that of a hidden page, a curve across it would say nothing. */
const longestGap = 10_000;

function measure(before: Directory, answered: Iterable<Stats>, at: number): Rates {
  const now = new Map<string, number>();
  const add = (key: string, rate: number) => now.set(key, (now.get(key) ?? 0) + rate);
  for (const stats of answered) {
    const known = before.instances.get(stats.id);
    // A rate needs two looks.
    if (!known || at <= known.seen) continue;
    const seconds = (at - known.seen) / 1_000;
    const counted = new Map(known.stats.endpoints.map((each) => [endpointKey(stats, each), each.num_requests]));
    for (const each of stats.endpoints) {
      const key = endpointKey(stats, each);
      const since = each.num_requests - (counted.get(key) ?? each.num_requests);
      const rate = Math.max(0, since) / seconds;
      add(rateKey(stats.name), rate);
      add(rateKey(stats.name, key), rate);
    }
  }
  const goesOn = at - before.at <= longestGap;
  // A service that is silent keeps its curve, which stands still, until it is forgotten.
  const silent = [...before.instances.values()].filter(
    ({ stats, seen }) => !now.has(rateKey(stats.name)) && at - seen < forgetAfter,
  );
  const kept = silent.flatMap(({ stats }) => [
    rateKey(stats.name),
    ...stats.endpoints.map((each) => rateKey(stats.name, endpointKey(stats, each))),
  ]);
  return new Map([
    ...kept.map((key) => [key, before.rates.get(key) ?? []] as const),
    ...[...now].map(
      ([key, rate]) => [key, [...((goesOn && before.rates.get(key)) || []), rate].slice(-remembered)] as const,
    ),
  ]);
}
