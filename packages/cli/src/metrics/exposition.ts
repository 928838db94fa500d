/** Figures in the words of Prometheus. Counters are the services' own: each begins at 0 with its instance. */
import { Counter, Gauge, Registry } from "prom-client";
import type { Standing } from "../system/ops.ts";
import type { Instance } from "./look.ts";

/** What is known of a system at one time. */
export interface Known extends Pick<Standing, "projections" | "reactions"> {
  readonly instances: readonly Instance[];
}

/** Everything in the text format of Prometheus, 0.0.4; where nothing is known, that the system does not answer. */
export function exposition(known: Known | undefined): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({ name: "natster_up", help: "1 while the system answers", registers }).set(known ? 1 : 0);
  const { instances, projections, reactions } = known ?? { instances: [], projections: [], reactions: [] };
  const endpoint = ["service", "instance", "endpoint"] as const;
  const counter = (name: string, help: string, labelNames: readonly string[] = endpoint) =>
    new Counter({ name: `natster_${name}`, help, labelNames, registers });
  const requests = counter("requests_total", "Requests that were answered, refusals included");
  const errors = counter("errors_total", "Requests that were refused or failed");
  const refusals = counter("refusals_total", "Requests that were refused, by the reason", [...endpoint, "reason"]);
  const faults = counter("faults_total", "Requests that failed by a fault of the service's own");
  const spent = counter("processing_seconds_total", "Time that requests took in all");
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name: `natster_${name}`, help, labelNames, registers });
  const flying = gauge("requests_in_flight", "Requests that are being answered", endpoint);
  const latency = gauge("latency_seconds", "How long requests take", [...endpoint, "percentile"]);
  const info = gauge("instance_info", "1 for each instance that answers", ["service", "instance", "version"]);
  const figure = gauge("figure", "What a service says of itself, by name", ["service", "instance", "figure"]);

  for (const { name: service, id: instance, version, endpoints } of instances) {
    info.set({ service, instance, version }, 1);
    for (const { name, num_requests, num_errors, processing_time, data } of endpoints) {
      const labels = { service, instance, endpoint: name };
      requests.inc(labels, num_requests);
      errors.inc(labels, num_errors);
      spent.inc(labels, processing_time / 1e9);
      if (!data) continue;
      // What a rule asks for is told before it happens: of a counter that begins with 1, Prometheus sees no increase.
      for (const [reason, times] of Object.entries({ unavailable: 0, ...data.refusals })) {
        refusals.inc({ ...labels, reason }, times);
      }
      faults.inc(labels, data.faults);
      flying.set(labels, data.in_flight);
      for (const [percentile, milliseconds] of Object.entries(data.latency)) {
        latency.set({ ...labels, percentile }, milliseconds / 1e3);
      }
      for (const [name, value] of Object.entries(data.figures ?? {})) {
        if (typeof value !== "number" && typeof value !== "boolean") continue;
        figure.set({ service, instance, figure: name }, Number(value));
      }
    }
  }

  const projected = ["service", "projection"] as const;
  const behind = gauge("projection_behind_events", "Events that a projection has still to take in", projected);
  const lag = gauge("projection_lag_seconds", "For how long the oldest of them has waited", projected);
  const parked = gauge("projection_parked_events", "Events that stand aside", projected);
  const rebuilt = gauge("projection_rebuilt_ratio", "How much of a rebuild is done", projected);
  const unknown = gauge("unmeasured", "1 for what cannot be asked how it stands", ["service", "name"]);
  for (const { service, projection, ...status } of projections) {
    const labels = { service, projection };
    if (status.fault !== undefined) unknown.set({ service, name: projection }, 1);
    behind.set(labels, status.behind);
    lag.set(labels, status.milliseconds / 1e3);
    parked.set(labels, status.parked);
    if (status.rebuilt !== undefined) rebuilt.set(labels, status.rebuilt);
  }

  const reacting = ["service", "reaction"] as const;
  const waiting = gauge(
    "reaction_behind_events",
    "Events, timers and silences that a reaction has still to see",
    reacting,
  );
  const late = gauge("reaction_lag_seconds", "For how long the oldest of them has waited", reacting);
  const failing = gauge("reaction_failing_events", "Those of them that failed, and are tried again", reacting);
  for (const { service, reaction, ...status } of reactions) {
    const labels = { service, reaction };
    if (status.fault !== undefined) unknown.set({ service, name: reaction }, 1);
    waiting.set(labels, status.behind);
    late.set(labels, status.milliseconds / 1e3);
    failing.set(labels, status.failing);
  }
  return registry.metrics();
}
