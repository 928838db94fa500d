/** True statistics, put where the library is about to read its own, so that `nats micro stats` shows them. */
import type { Endpoint as LibraryEndpoint } from "@nats-io/services";
import type { Tally } from "./tally.ts";

/** The part of the library's endpoint that its stats handler is given beside what its types say. */
interface Counted {
  readonly name: string;
  readonly stats?: {
    num_requests: number;
    num_errors: number;
    last_error: string | undefined;
    processing_time: number;
    average_processing_time: number;
  };
}

/** Makes the stats handler: the library's own counts are overwritten, and the rest is the endpoint's `data`. */
export const trueStatistics =
  (tallies: ReadonlyMap<string, Tally>, more: (endpoint: string) => Promise<Record<string, unknown>>) =>
  async (endpoint: LibraryEndpoint): Promise<unknown> => {
    const { name, stats } = endpoint as unknown as Counted;
    const tally = tallies.get(name);
    if (!tally) return null;
    if (stats) {
      stats.num_requests = tally.requests;
      stats.num_errors = tally.errors;
      stats.last_error = tally.lastError || undefined;
      stats.processing_time = tally.processingTime;
      stats.average_processing_time = tally.requests > 0 ? Math.round(tally.processingTime / tally.requests) : 0;
    }
    return { ...tally.report(), ...(await more(name)) };
  };
