/**
 * A film as large as one wants: the sample's six seconds over and over, each time far away from the last in the file. What
 * lies between them are holes, which take no room on the disk.
 */
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";

const sample = join(import.meta.dirname, "..", "..", "sample", "video", "tides.mp4");

/** Writes the film; resolves with its seconds. */
export async function writeLongFilm(path: string, bytes: number, apart = 16 * 1024 * 1024): Promise<number> {
  const mp4 = await readFile(sample);
  const moov = boxIn(mp4, "moov");
  const track = boxIn(moov, "trak");
  const table = boxIn(boxIn(boxIn(track, "mdia"), "minf"), "stbl");
  const sizes = numbers(boxIn(table, "stsz").subarray(12));
  const frames = framesOf(mp4, table, sizes);
  const loops = Math.max(2, Math.floor(bytes / apart));

  const headLength = build(0).length;
  const head = build(headLength);
  const file = await open(path, "w");
  try {
    await file.write(head, 0, head.length, 0);
    for (let loop = 0; loop < loops; loop++) await file.write(frames, 0, frames.length, headLength + loop * apart);
    await file.truncate(headLength + loops * apart);
  } finally {
    await file.close();
  }
  return loops * 6;

  /** Everything before the frames, which begin at `start`. */
  function build(start: number): Buffer {
    const repeated = (each: readonly number[]) => Array.from({ length: loops }, () => each).flat();
    const sync = numbers(boxIn(table, "stss").subarray(8));
    const shown = numbers(boxIn(table, "ctts").subarray(8));
    const stbl = box("stbl", [
      whole(table, "stsd"),
      full("stts", [1, sizes.length * loops, boxIn(table, "stts").readUInt32BE(12)]),
      full("stss", [
        sync.length * loops,
        ...Array.from({ length: loops }, (_, loop) => sync.map((at) => at + loop * sizes.length)).flat(),
      ]),
      full("ctts", [(shown.length / 2) * loops, ...repeated(shown)]),
      full("stsc", [1, 1, sizes.length, 1]),
      full("stsz", [0, sizes.length * loops, ...repeated(sizes)]),
      full("stco", [loops, ...Array.from({ length: loops }, (_, loop) => start + loop * apart)]),
    ]);
    const mdia = boxIn(track, "mdia");
    const minf = boxIn(mdia, "minf");
    const trak = box("trak", [
      longer(whole(track, "tkhd"), 28),
      box("edts", [longer(whole(boxIn(track, "edts"), "elst"), 16)]),
      box("mdia", [
        longer(whole(mdia, "mdhd"), 24),
        whole(mdia, "hdlr"),
        box("minf", [whole(minf, "vmhd"), whole(minf, "dinf"), stbl]),
      ]),
    ]);
    const content = loops * apart;
    const mdat = Buffer.alloc(8);
    mdat.writeUInt32BE(content + 8, 0);
    mdat.write("mdat", 4, "latin1");
    return Buffer.concat([whole(mp4, "ftyp"), box("moov", [longer(whole(moov, "mvhd"), 24), trak]), mdat]);
  }

  /** The same box with its duration as many times as long. */
  function longer(box: Buffer, at: number): Buffer {
    const copy = Buffer.from(box);
    copy.writeUInt32BE(copy.readUInt32BE(at) * loops, at);
    return copy;
  }
}

/** The frames of the only film in it, one after another. */
function framesOf(mp4: Buffer, table: Buffer, sizes: readonly number[]): Buffer {
  const chunks = numbers(boxIn(table, "stco").subarray(8));
  const runs = numbers(boxIn(table, "stsc").subarray(8));
  const frames: Buffer[] = [];
  chunks.forEach((offset, index) => {
    let count = 0;
    for (let run = 0; run < runs.length; run += 3) if ((runs[run] ?? 0) <= index + 1) count = runs[run + 1] ?? 0;
    for (let at = offset; count > 0; count--) {
      const size = sizes[frames.length] ?? 0;
      frames.push(mp4.subarray(at, at + size));
      at += size;
    }
  });
  return Buffer.concat(frames);
}

/** A box with its head. */
function whole(inside: Buffer, type: string): Buffer {
  for (let at = 0; at + 8 <= inside.length;) {
    const size = inside.readUInt32BE(at);
    if (inside.toString("latin1", at + 4, at + 8) === type) return inside.subarray(at, at + size);
    at += size;
  }
  throw new Error(`the sample film has no ${type}`);
}
const boxIn = (inside: Buffer, type: string): Buffer => whole(inside, type).subarray(8);
const numbers = (bytes: Buffer): number[] =>
  Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readUInt32BE(index * 4));

function box(type: string, parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8, 0);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, content]);
}

/** A box of numbers after its version and flags. */
function full(type: string, values: readonly number[]): Buffer {
  const content = Buffer.alloc(4 + values.length * 4);
  values.forEach((value, index) => content.writeUInt32BE(value, 4 + index * 4));
  return box(type, [content]);
}
