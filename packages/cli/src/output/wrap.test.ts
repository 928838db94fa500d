import { expect, test } from "vitest";
import { wrap } from "./wrap.ts";

test("a line breaks between words, under where it began", () => {
  expect(wrap("one two three four", 9)).toBe("one two\nthree\nfour");
  expect(wrap("  one two three", 9)).toBe("  one two\n  three");
  expect(wrap("● one two three", 16)).toBe("● one two three");
  expect(wrap("\u001B[32m●\u001B[39m one two three four", 16)).toBe("\u001B[32m●\u001B[39m one two three\n  four");
});

test("what stands behind a name is under itself as far as there is room", () => {
  expect(wrap("page       one two three", 80)).toBe("page       one two three");
  expect(wrap("page       one two three", 16)).toBe("page       one\n  two three");
});

test("what fits, or is one word, stays as it is", () => {
  expect(wrap("one two", 7)).toBe("one two");
  expect(wrap("http://127.0.0.1:1/#code=D8", 9)).toBe("http://127.0.0.1:1/#code=D8");
  expect(wrap("see http://127.0.0.1:1/#code=D8 now", 9)).toBe("see\nhttp://127.0.0.1:1/#code=D8\nnow");
  expect(wrap("anything at all", Number.POSITIVE_INFINITY)).toBe("anything at all");
});

test("characters that take two columns count twice", () => {
  expect(wrap("写真 写真 写真", 9)).toBe("写真 写真\n写真");
});
