/** The `Range` header of one request (RFC 9110, section 14), read and answered. Pure. */

/** Bytes from `start` up to and without `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Which bytes are asked for: all where nothing is said, undefined where none of them exist. Several ranges at once and
 * units other than bytes are answered as if nothing had been said, as the standard allows.
 */
export function rangeOf(header: string | null, size: number): Range | "all" | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (!match || (first === "" && last === "")) return "all";
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? undefined : { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < start) return "all";
  return start >= size ? undefined : { start, end };
}

/** The head of the answer: `206` for a part, `416` where there is none. */
export function headFor(asked: ReturnType<typeof rangeOf>, size: number): { status: number; headers: Headers } {
  const headers = new Headers({ "Accept-Ranges": "bytes" });
  if (asked === undefined) {
    headers.set("Content-Range", `bytes */${size}`);
    return { status: 416, headers };
  }
  const { start, end } = asked === "all" ? { start: 0, end: size } : asked;
  headers.set("Content-Length", String(end - start));
  if (asked === "all") return { status: 200, headers };
  headers.set("Content-Range", `bytes ${start}-${end - 1}/${size}`);
  return { status: 206, headers };
}
