import { PassThrough } from "node:stream";
import { WriteStream } from "node:tty";
import { expect, onTestFinished, test, vi } from "vitest";
import { createUi } from "./ui.ts";

/** A terminal of so many columns. */
const terminal = (columns: number): WriteStream =>
  Object.setPrototypeOf(Object.assign(new PassThrough(), { isTTY: true, columns }), WriteStream.prototype);

test("nothing moves on a terminal that cannot replace what it shows", () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const [term, moves] of [
    ["xterm", true],
    ["dumb", false],
  ] as const) {
    vi.stubEnv("TERM", term);
    expect(createUi({ quiet: false }, terminal(80), terminal(80)).errTerminal, term).toBe(moves);
  }
});

test("a terminal that does not say how wide it is has lines of eighty", () => {
  expect(createUi({ quiet: false }, terminal(0), terminal(0)).columns).toBe(80);
  expect(createUi({ quiet: false }, terminal(40), terminal(40)).columns).toBe(40);
});
