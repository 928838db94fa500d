import { expect, test } from "vitest";
import { mediaType } from "./media-type.ts";

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const png = bytes("\x89PNG\r\n\x1a\n");
const ftyp = bytes("\0\0\0\x20ftypisom");

test("what a file begins with outweighs its name", () => {
  expect(mediaType("/a/picture.txt", png)).toBe("image/png");
  expect(mediaType("/a/document.html", bytes("%PDF-1.7"))).toBe("application/pdf");
  expect(mediaType("/a/no-extension", bytes("\xff\xd8\xff\xe0"))).toBe("image/jpeg");
});

test("the name tells apart what shares a container", () => {
  expect(mediaType("/a/film.mp4", ftyp)).toBe("video/mp4");
  expect(mediaType("/a/song.m4a", ftyp)).toBe("audio/mp4");
  expect(mediaType("/a/film.txt", ftyp)).toBe("video/mp4");
  expect(mediaType("/a/book.epub", bytes("PK\x03\x04"))).toBe("application/epub+zip");
  expect(mediaType("/a/film.mkv", bytes("\x1a\x45\xdf\xa3"))).toBe("video/x-matroska");
});

test("a name alone is enough for text, and nothing at all is bytes", () => {
  expect(mediaType("/a/readme.md", bytes("# Hello"))).toBe("text/markdown");
  expect(mediaType("/a/data", bytes("anything"))).toBe("application/octet-stream");
  expect(mediaType("/a.b/data", bytes(""))).toBe("application/octet-stream");
});

test("text that looks like a signature is text", () => {
  expect(mediaType("/a/speech.txt", bytes("He said WAVE"))).toBe("text/plain");
  expect(mediaType("/a/tags.txt", bytes("ID3 tags are"))).toBe("text/plain");
});

test("a program in TypeScript is not a film", () => {
  expect(mediaType("/a/main.ts", bytes("import x"))).toBe("text/plain");
  expect(mediaType("/a/film.ts", bytes("G@\x11\x10"))).toBe("video/mp2t");
});
