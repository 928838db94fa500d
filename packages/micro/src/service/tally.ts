/**
 * True counts and latencies of one endpoint. The library counts only what happens synchronously and no refusals, so
 * that asynchronous handlers would always show 0 ms and no errors.
 */
import { createHistogram } from "node:perf_hooks";

/** What `nats micro stats` shows as an endpoint's `data`. */
export interface TallyReport {
  readonly refusals: Readonly<Record<string, number>>;
  readonly faults: number;
  readonly in_flight: number;
  /** Milliseconds. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
}

/** Counts the requests of one endpoint. */
export class Tally {
  requests = 0;
  errors = 0;
  lastError = "";
  /** Nanoseconds in all. */
  processingTime = 0;
  #inFlight = 0;
  #faults = 0;
  readonly #refusals = new Map<string, number>();
  readonly #latency = createHistogram();

  /** Starts the clock of one request; the result stops it. */
  begin(): (outcome: { refused?: string; fault?: boolean }) => void {
    const started = process.hrtime.bigint();
    this.requests++;
    this.#inFlight++;
    return ({ refused, fault = false }) => {
      const took = Number(process.hrtime.bigint() - started);
      this.#inFlight--;
      this.processingTime += took;
      this.#latency.record(Math.max(1, took));
      if (refused === undefined) return;
      this.errors++;
      this.lastError = refused;
      if (fault) this.#faults++;
      else this.#refusals.set(refused, (this.#refusals.get(refused) ?? 0) + 1);
    };
  }

  report(): TallyReport {
    const ms = (percentile: number) => this.#latency.percentile(percentile) / 1e6;
    const counted = this.#latency.count > 0;
    return {
      refusals: Object.fromEntries(this.#refusals),
      faults: this.#faults,
      in_flight: this.#inFlight,
      latency: counted
        ? { p50: ms(50), p95: ms(95), p99: ms(99), max: this.#latency.max / 1e6 }
        : { p50: 0, p95: 0, p99: 0, max: 0 },
    };
  }
}
