/** How many files, and how many bytes, came into folders or went. */
import { split } from "./indexed-file.ts";

export interface Sum {
  readonly files: number;
  readonly bytes: number;
}

/** Gathers changes by the folder in which they are, until they are carried up. */
export class Sums {
  readonly #of = new Map<string, Sum>();

  get isEmpty(): boolean {
    return this.#of.size === 0;
  }

  add(folder: string, files: number, bytes: number): void {
    addTo(this.#of, folder, { files, bytes });
  }

  /** Gives each sum to its folder and to every folder above, and begins anew. */
  carryUp(): ReadonlyMap<string, Sum> {
    const all = new Map<string, Sum>();
    for (const [folder, sum] of this.#of) {
      for (let at = folder; ; at = split(at)[0]) {
        addTo(all, at, sum);
        if (at === "") break;
      }
    }
    this.#of.clear();
    return all;
  }
}

function addTo(sums: Map<string, Sum>, folder: string, { files, bytes }: Sum): void {
  const before = sums.get(folder);
  sums.set(folder, { files: (before?.files ?? 0) + files, bytes: (before?.bytes ?? 0) + bytes });
}
