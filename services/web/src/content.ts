/** One thing to serve: its bytes, plain and compressed, and the headers that go with them. */
import { createHash } from "node:crypto";
import { extname } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

export interface Content {
  readonly type: string;
  readonly etag: string;
  readonly cache: string;
  readonly plain: Buffer;
  /** Its shorter forms, the shortest first. */
  readonly compressed: readonly Compressed[];
}

export interface Compressed {
  readonly encoding: "br" | "gzip";
  readonly bytes: Buffer;
}

/** Prepares a file of this name to be served. It is compressed here, once, and never while somebody waits. */
export function content(name: string, bytes: Buffer): Content {
  const type = types[extname(name)] ?? "application/octet-stream";
  return {
    type,
    // Weak, since it names all forms of the content.
    etag: `W/"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"`,
    cache: isHashed(name) ? "public, max-age=31536000, immutable" : "no-cache",
    plain: bytes,
    compressed: isText.test(type) && bytes.length > 1_024 ? compress(bytes) : [],
  };
}

/** The shortest form of a content that a client reads, by its `Accept-Encoding`; undefined where that is the plain one. */
export const compressedFor = ({ compressed }: Content, accepted = ""): Compressed | undefined =>
  compressed.find(({ encoding }) =>
    accepted.split(",").some((each) => {
      const [name, weight = ""] = each.split(";").map((part) => part.trim().toLowerCase());
      return name === encoding && !/^q=0(?:\.0*)?$/.test(weight);
    }),
  );

/** Vite puts a hash of the content into the name of everything below `assets/`. */
const isHashed = (name: string): boolean => /(?:^|\/)assets\/[^/]+-[\w-]{8}\.\w+$/.test(name);

const compress = (bytes: Buffer): readonly Compressed[] => [
  { encoding: "br", bytes: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }) },
  { encoding: "gzip", bytes: gzipSync(bytes, { level: 9 }) },
];

const isText = /^text\/|json|javascript|svg/;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
};
