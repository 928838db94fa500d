/** Several small files in one reply: for each in turn its length and its content. */

/** In place of a length: this one is not in it. */
const leftOut = 0xffff_ffff;

/** Puts contents together; undefined is one that is left out. */
export function encodeBundle(contents: readonly (Uint8Array | undefined)[]): Uint8Array<ArrayBuffer> {
  const bundle = new Uint8Array(contents.reduce((sum, content) => sum + 4 + (content?.length ?? 0), 0));
  const view = new DataView(bundle.buffer);
  let at = 0;
  for (const content of contents) {
    view.setUint32(at, content?.length ?? leftOut);
    at += 4;
    if (content) bundle.set(content, at);
    at += content?.length ?? 0;
  }
  return bundle;
}

/** The contents of a bundle of so many; each is a part of it. Throws `RangeError` where it does not hold as many. */
export function decodeBundle(bundle: Uint8Array, count: number): (Uint8Array | undefined)[] {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.length);
  const contents: (Uint8Array | undefined)[] = [];
  let at = 0;
  while (contents.length < count) {
    const length = view.getUint32(at);
    at += 4;
    if (length === leftOut) {
      contents.push(undefined);
      continue;
    }
    if (at + length > bundle.length) throw new RangeError("a bundle ends before its last content does");
    contents.push(bundle.subarray(at, at + length));
    at += length;
  }
  if (at !== bundle.length) throw new RangeError("a bundle goes on after its last content");
  return contents;
}
