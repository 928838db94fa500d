/** Bytes of a file in order, asked for ahead of whoever takes them: a few requests are on their way at any time. */

export interface ReadAheadOptions {
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal;
  /** Bytes in one request. */
  readonly chunk?: number;
  /** Requests on their way at once; with the chunk, this bounds the memory. */
  readonly ahead?: number;
}

type Read = (offset: number, length: number, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;

/** Yields `[start, end)`. Throws what reading throws, and the signal's reason. */
export async function* readAhead(read: Read, options: ReadAheadOptions): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const { start, end, chunk = 256 * 1024, ahead = 4 } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const underWay: Promise<Uint8Array<ArrayBuffer>>[] = [];
  let next = start;
  const ask = () => {
    if (next >= end) return;
    const length = Math.min(chunk, end - next);
    const reading = read(next, length, signal);
    // Whoever comes to it in turn is told; until then it is nobody's fault.
    reading.catch(() => undefined);
    underWay.push(reading);
    next += length;
  };
  try {
    // Whoever seeks wants the first bytes: they go alone, and the rest is asked for when they are there.
    ask();
    for (let reading = underWay.shift(); reading; reading = underWay.shift()) {
      const bytes = await reading;
      signal.throwIfAborted();
      while (underWay.length < ahead && next < end) ask();
      yield bytes;
    }
  } finally {
    stop.abort();
  }
}
