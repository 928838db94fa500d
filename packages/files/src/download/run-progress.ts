/** How far a mirror is: what is whole, what is on its way, and how long the rest will take. */
import type { FetchOptions } from "./fetch-file.ts";
import type { PlanSummary } from "./mirror-plan.ts";
import { Rate } from "./rate.ts";

/** How far a mirror is. */
export interface MirrorProgress {
  /** Files that are here and whole, of those that were to be fetched. */
  readonly files: number;
  readonly ofFiles: number;
  readonly bytes: number;
  readonly ofBytes: number;
  /** Of these bytes, those that an earlier run had left. */
  readonly resumed: number;
  /** Bytes each second, of late. */
  readonly rate: number;
  /** Seconds that are left at this rate; undefined before there is one. */
  readonly left: number | undefined;
}

/** Counts what comes in one run, and tells how far it is. */
export class RunProgress {
  readonly #summary: PlanSummary;
  readonly #tell: ((progress: MirrorProgress) => void) | undefined;
  readonly #rate = new Rate();
  #files = 0;
  #bytes = 0;
  #resumed = 0;

  constructor(summary: PlanSummary, tell: ((progress: MirrorProgress) => void) | undefined) {
    this.#summary = summary;
    this.#tell = tell;
  }

  /** Bytes that an earlier run had left. */
  get resumed(): number {
    return this.#resumed;
  }

  /** One more file is here. */
  whole(): void {
    this.#files++;
  }

  /** Counts what comes of one file. */
  ofFile(): Required<Pick<FetchOptions, "onProgress" | "onResumed">> {
    let [before, resumed] = [0, 0];
    const onProgress = ({ bytes }: { bytes: number }) => {
      this.#bytes += bytes - before;
      before = bytes;
      this.report();
    };
    const onResumed = (bytes: number) => {
      this.#resumed += bytes - resumed;
      resumed = bytes;
      onProgress({ bytes });
    };
    return { onProgress, onResumed };
  }

  report(): void {
    if (!this.#tell) return;
    const { downloads, copies, refused, bytes: ofBytes } = this.#summary;
    const rate = this.#rate.at(this.#bytes);
    this.#tell({
      files: this.#files,
      ofFiles: downloads + copies + refused,
      bytes: this.#bytes,
      ofBytes,
      resumed: this.#resumed,
      rate,
      left: rate > 0 ? (ofBytes - this.#bytes) / rate : undefined,
    });
  }
}
