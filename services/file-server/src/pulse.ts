/** The pulse of a served catalog: it says again and again that it is there, and at the end that it is leaving. */
import type { CatalogName, InstanceId } from "@natster/contracts";
import { isRefusal, type Logger } from "@natster/micro";
import { again } from "./again.ts";

/** What is said: `beat` of the projector's client, or whatever stands in its place. Rejects where it was not heard. */
export type Beat = (state: {
  readonly catalog: CatalogName;
  readonly instance: InstanceId;
  readonly revision: number;
  readonly leaving?: true;
}) => Promise<unknown>;

export interface PulseOptions {
  readonly beat: Beat;
  readonly log: Logger;
  readonly catalog: CatalogName;
  readonly instance: InstanceId;
  readonly revision: () => number;
}

export interface Pulse {
  /** Beats at once: what readers see has changed. */
  now(): void;
  /** Says goodbye, and no more. */
  stop(): Promise<void>;
}

/** Milliseconds between two beats. */
const every = 10_000;

/** Starts beating at once. Whether it is heard changes nothing of what is served. */
export function startPulse({ beat, log, catalog, instance, revision }: PulseOptions): Pulse {
  let heard: boolean | undefined;

  /** Never rejects. What is so for long is said once. */
  const say = async (leaving?: true) => {
    try {
      await beat({ catalog, instance, revision: revision(), ...(leaving && { leaving }) });
      if (heard === false) log.info("presence is heard again");
      heard = true;
    } catch (error) {
      if (heard !== false) log.info({ why: isRefusal(error) ? error.reason : String(error) }, "presence is not heard");
      heard = false;
    }
    return heard;
  };

  const beating = again(() => say(), every);
  return {
    now: () => beating.now(),
    async stop() {
      await beating.stop();
      await say(true);
    },
  };
}
