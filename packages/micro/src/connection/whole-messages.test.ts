import fc from "fast-check";
import { expect, test } from "vitest";
import { isAlone } from "./alone.ts";
import { WholeMessages } from "./whole-messages.ts";

const text = new TextEncoder();
const line = (said: string) => text.encode(`${said}\r\n`);
const message = (length: number, headers = false) =>
  Buffer.concat([
    line(headers ? `HMSG _INBOX.one 7 12 ${length}` : `MSG files.films.read 1 _INBOX.two ${length}`),
    // Content that looks like what it is not.
    Buffer.alloc(length, "MSG x 1 99999\r\n"),
    line(""),
  ]);

/** What is said, in what pieces it is read, and what is passed on of it. Memory of which nothing is passed on is given back. */
function pass(said: readonly Uint8Array[], lengths: readonly number[]): { all: Buffer; out: Uint8Array[] } {
  const all = Buffer.concat(said);
  const messages = new WholeMessages();
  const out: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < all.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    const read = Buffer.from(new Uint8Array(all.subarray(at, at + length)).buffer);
    const whole = messages.push(read);
    if (whole.every(({ buffer }) => buffer !== read.buffer)) read.buffer.transfer(0);
    out.push(...whole);
    at += length;
  }
  return { all, out };
}

test("whatever is said, and however it is read, the same is passed on", () => {
  const said = fc.array(
    fc.oneof(
      fc.constantFrom(line("PING"), line("+OK"), line("-ERR 'M'"), line('INFO {"MSG":1}')),
      fc.tuple(fc.integer({ min: 0, max: 90_000 }), fc.boolean()).map((of) => message(...of)),
    ),
    { maxLength: 6 },
  );
  const lengths = fc.array(fc.integer({ min: 1, max: 65_536 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(said, lengths, (...given) => {
      const { all, out } = pass(given[0], given[1]);
      expect(Buffer.concat(out).equals(all)).toBe(true);
    }),
  );
});

test("a large message that is read in parts is passed on whole, in memory of its own", () => {
  const large = message(500_000);
  const { out } = pass([line("PING"), large, message(200_000, true), line("PONG")], [65_536]);

  expect(out.filter(isAlone).map(({ length }) => length)).toEqual([large.length, message(200_000, true).length]);
  expect(out.find(isAlone)?.buffer.byteLength).toBe(large.length);
});

test("a large message that ends where a line has only begun is passed on, and then what the line begins", () => {
  const [large, next] = [message(100_000), message(5)];
  const { all, out } = pass([large, next], [60_000, large.length - 60_000 + 4, 1_000]);

  expect(Buffer.concat(out).equals(all)).toBe(true);
});

test("a line that is read byte by byte is understood", () => {
  const large = message(40_000);
  const { out } = pass([large], [1]);

  expect(out.map(({ length }) => length)).toEqual([large.length]);
});

test("what is small, or came at once, is passed on as it was read", () => {
  const messages = new WholeMessages();
  const read = Buffer.concat([message(10), message(40_000), message(20_000).subarray(0, 5_000)]);

  expect(messages.push(read)).toEqual([read]);
});

test("a message that is larger than any is not made room for", () => {
  const messages = new WholeMessages();
  const read = line("MSG x 1 999999999999");

  expect(messages.push(read)).toEqual([read]);
  expect(messages.push(Buffer.alloc(70_000))).toEqual([Buffer.alloc(70_000)]);
});
