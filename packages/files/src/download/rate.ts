/** Bytes each second over the last few seconds. */
export class Rate {
  #marks: { readonly at: number; readonly bytes: number }[] = [{ at: performance.now(), bytes: 0 }];

  at(bytes: number): number {
    const now = performance.now();
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (last && now - last.at > 250) this.#marks.push({ at: now, bytes });
    if (this.#marks.length > 20) this.#marks.shift();
    return first && now > first.at ? ((bytes - first.bytes) * 1000) / (now - first.at) : 0;
  }
}
