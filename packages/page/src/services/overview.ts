/** Services as they are shown: the instances of one name together. Pure. */
import { type Directory, endpointKey, type Instance, isSilent, rateKey, commonSubject } from "./directory.ts";
import type { EndpointStats, Latency } from "./wire.ts";

/** What is counted, of an endpoint or of a whole service. */
export interface Figures {
  readonly requests: number;
  /** Requests that were not answered as asked. */
  readonly errors: number;
  /** Those of them that nobody foresaw; all, where a service does not tell them from refusals. */
  readonly faults: number;
  /** Milliseconds; undefined where nothing was asked yet. */
  readonly average: number | undefined;
  /** Requests per second, from look to look; the newest last. */
  readonly rates: readonly number[];
}

export interface EndpointView extends Figures {
  readonly key: string;
  readonly name: string;
  readonly subject: string;
  readonly queue: string;
  readonly summary: string;
  readonly access: string;
  readonly schemas: { readonly request: string; readonly reply: string };
  /** Milliseconds, of the slowest instance; undefined where the service does not say. */
  readonly latency: Latency | undefined;
  readonly refusals: Readonly<Record<string, number>>;
  readonly lastError: string;
}

export interface InstanceView {
  readonly id: string;
  /** When it started, in milliseconds since 1970; undefined where it does not say. */
  readonly started: number | undefined;
  readonly silent: boolean;
}

export interface ServiceView extends Figures {
  readonly name: string;
  readonly versions: readonly string[];
  readonly description: string;
  readonly instances: readonly InstanceView[];
  /** How many of them answer. */
  readonly answering: number;
  /** When the last of its instances was heard, where all are silent. */
  readonly silentSince: number | undefined;
  /** Whether it came while somebody looked on. */
  readonly isNew: boolean;
  readonly endpoints: readonly EndpointView[];
}

/** All services, by name. */
export function servicesIn(directory: Directory): ServiceView[] {
  const byName = Map.groupBy(directory.instances.values(), ({ stats }) => stats.name);
  return [...byName]
    .map(([name, instances]) => serviceView(name, instances, directory))
    .toSorted((one, other) => one.name.localeCompare(other.name));
}

function serviceView(name: string, instances: readonly Instance[], { began, at, rates }: Directory): ServiceView {
  const answering = instances.filter((instance) => !isSilent(instance));
  const shown = answering.length > 0 ? answering : instances;
  const first = Math.min(...instances.map((instance) => instance.first));
  const endpoints = Map.groupBy(
    shown.flatMap((instance) => instance.stats.endpoints.map((stats) => ({ instance, stats }))),
    ({ instance, stats }) => endpointKey(instance.stats, stats),
  );
  return {
    name,
    versions: unique(shown.map(({ stats }) => stats.version)),
    description: shown.find(({ info }) => info?.description)?.info?.description ?? "",
    answering: answering.length,
    instances: instances.map(instanceView).toSorted((one, other) => (one.started ?? 0) - (other.started ?? 0)),
    silentSince: answering.length > 0 ? undefined : Math.max(...instances.map(({ seen }) => seen)),
    isNew: first > began && at - first < 8_000,
    ...figures(shown.flatMap(({ stats }) => stats.endpoints)),
    rates: rates.get(rateKey(name)) ?? [],
    endpoints: [...endpoints]
      .map(([key, parts]) => ({ ...endpointView(key, parts), rates: rates.get(rateKey(name, key)) ?? [] }))
      // What every service of ours answers comes last.
      .toSorted((one, other) => Number(one.name === "health") - Number(other.name === "health")),
  };
}

function instanceView(instance: Instance): InstanceView {
  const started = Date.parse(instance.stats.started);
  return { id: instance.stats.id, started: Number.isNaN(started) ? undefined : started, silent: isSilent(instance) };
}

interface Part {
  readonly instance: Instance;
  readonly stats: EndpointStats;
}

function endpointView(key: string, parts: readonly Part[]): Omit<EndpointView, "rates"> {
  const metadata = parts.map(metadataOf).find((found) => found !== undefined) ?? {};
  const stats = parts.map((part) => part.stats);
  const first = parts[0];
  const latencies = stats.flatMap(({ data }) => data?.latency ?? []);
  const slowest = (of: keyof Latency) => Math.max(...latencies.map((latency) => latency[of]));
  return {
    key,
    name: first?.stats.name ?? "",
    subject: first ? commonSubject(first.instance.stats.id, first.stats.subject) : "",
    queue: first?.stats.queue_group ?? "",
    summary: metadata["summary"] ?? "",
    access: metadata["access"] ?? "",
    schemas: { request: metadata["schema_request"] ?? "", reply: metadata["schema_response"] ?? "" },
    ...figures(stats),
    latency: latencies.length > 0 ? { p50: slowest("p50"), p95: slowest("p95"), p99: slowest("p99") } : undefined,
    refusals: sumOf(stats.map(({ data }) => data?.refusals ?? {})),
    lastError: stats.find(({ last_error: last }) => last)?.last_error ?? "",
  };
}

const metadataOf = ({ instance, stats }: Part): Record<string, string> | undefined =>
  instance.info?.endpoints.find(({ name, subject }) => name === stats.name && subject === stats.subject)?.metadata;

function figures(stats: readonly EndpointStats[]): Omit<Figures, "rates"> {
  const requests = total(stats.map((each) => each.num_requests));
  const nanoseconds = total(stats.map((each) => each.processing_time));
  return {
    requests,
    errors: total(stats.map((each) => each.num_errors)),
    faults: total(stats.map((each) => each.data?.faults ?? each.num_errors)),
    average: requests > 0 ? nanoseconds / requests / 1e6 : undefined,
  };
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((each) => Object.entries(each))) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
const unique = (texts: readonly string[]): string[] => [...new Set(texts.filter(Boolean))];
