/** What kind of thing a file is: by what it begins with where that is certain, by its name otherwise. */
import mime from "mime";

/** How many bytes of a file's beginning are enough. */
export const headLength = 512;

interface Signature {
  readonly type: string;
  /** Which bytes stand where. */
  readonly parts: readonly (readonly [at: number, bytes: readonly number[]])[];
  /** The types that such content may just as well have, where its name says so: many formats are one container. */
  readonly also?: RegExp;
}

const ascii = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const begins = (...bytes: number[]): Signature["parts"] => [[0, bytes]];

const signatures: readonly Signature[] = [
  {
    type: "image/png",
    parts: begins(0x89, ...ascii("PNG\r\n"), 0x1a, 0x0a),
    also: /^image\/(apng|vnd\.mozilla\.apng)$/,
  },
  { type: "image/jpeg", parts: begins(0xff, 0xd8, 0xff) },
  { type: "image/gif", parts: begins(...ascii("GIF8")) },
  {
    type: "image/webp",
    parts: [
      [0, ascii("RIFF")],
      [8, ascii("WEBP")],
    ],
  },
  {
    type: "audio/wav",
    parts: [
      [0, ascii("RIFF")],
      [8, ascii("WAVE")],
    ],
  },
  { type: "application/pdf", parts: begins(...ascii("%PDF-")), also: /^application\/(illustrator|postscript)$/ },
  { type: "audio/flac", parts: begins(...ascii("fLaC")) },
  // The tag's revision is always 0, which no text has there.
  {
    type: "audio/mpeg",
    parts: [
      [0, ascii("ID3")],
      [4, [0]],
    ],
    also: /^audio\//,
  },
  { type: "application/ogg", parts: begins(...ascii("OggS")), also: /^(audio|video)\// },
  {
    type: "video/mp4",
    parts: [
      [0, [0]],
      [4, ascii("ftyp")],
    ],
    also: /^(audio|video|image)\//,
  },
  { type: "video/webm", parts: begins(0x1a, 0x45, 0xdf, 0xa3), also: /^(audio|video)\// },
  { type: "application/gzip", parts: begins(0x1f, 0x8b, 0x08), also: /^(application|image)\// },
  { type: "application/zip", parts: begins(...ascii("PK"), 3, 4), also: /^(application|model)\// },
];

const fits = (head: Uint8Array, [at, bytes]: Signature["parts"][number]): boolean =>
  bytes.every((byte, index) => head[at + index] === byte);

/** The media type of a file. `head` is its beginning. */
export function mediaType(name: string, head: Uint8Array): string {
  const named = mime.getType(name) ?? undefined;
  const known = signatures.find(({ parts }) => parts.every((part) => fits(head, part)));
  if (known) return named !== undefined && known.also?.test(named) ? named : known.type;
  // Registries know `.ts` as a film; on most disks it is a program.
  if (named === "video/mp2t" && head[0] !== 0x47) return "text/plain";
  return named ?? "application/octet-stream";
}
