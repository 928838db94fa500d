/** Small pictures: made here from the pictures themselves, a few at a time, and kept by what they are made from. */
import type { FileEntry } from "@natster/contracts/files";
import type { Address } from "../engine/api.ts";
import type { EngineClient } from "../engine/connect.ts";
import { readAhead } from "../media/read-ahead.ts";
import { plainType } from "../viewer/kinds.ts";

/** A larger picture is shown as what it is: to make it small, all of it would have to come. */
const largest = 24_000_000;
const width = 320;
const mostAtOnce = 3;

const waiting: (() => void)[] = [];
let underWay = 0;

/** A small picture, or undefined where none can be made. */
export async function thumbnail(
  engine: EngineClient,
  address: Address,
  file: FileEntry,
  signal: AbortSignal,
): Promise<Blob | undefined> {
  if (file.size === 0 || file.size > largest) return undefined;
  try {
    return (await fromCache(file)) ?? (await inTurn(signal, () => make(engine, address, file, signal)));
  } catch {
    // A broken picture, or one that went: its drawing stands for it, and looking at it says more.
    return undefined;
  }
}

async function make(
  engine: EngineClient,
  address: Address,
  file: FileEntry,
  signal: AbortSignal,
): Promise<Blob | undefined> {
  const { digest, size } = file;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const read = (offset: number, length: number, signal: AbortSignal) =>
    engine.read({ address, digest, size, offset, length }, { signal });
  for await (const part of readAhead(read, { start: 0, end: size, signal })) parts.push(part);
  const whole = new Blob(parts, { type: plainType(file.type) });
  // A drawing made of lines is as small as it gets, and sharp at every size.
  if (whole.type === "image/svg+xml") return whole;
  const picture = await createImageBitmap(whole, { resizeWidth: width, resizeQuality: "medium" });
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  picture.close();
  const small = await canvas.convertToBlob({ type: "image/webp", quality: 0.8 });
  await (await caches.open("thumbnails")).put(keyOf(file), new Response(small));
  return small;
}

const keyOf = ({ digest }: FileEntry): string => `/thumbnail/${digest}`;

async function fromCache(file: FileEntry): Promise<Blob | undefined> {
  const found = await (await caches.open("thumbnails")).match(keyOf(file));
  return found?.blob();
}

/** Does something when it is its turn; who is scrolled away meanwhile gives it up. */
async function inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (underWay >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  underWay++;
  try {
    signal.throwIfAborted();
    return await work();
  } finally {
    underWay--;
    waiting.shift()?.();
  }
}
