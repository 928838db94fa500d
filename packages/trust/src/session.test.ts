import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { ReaderSession, SealBrokenError, ServingSession } from "./session.ts";

const key = (fill: number) => new Uint8Array(32).fill(fill);
const id = new Uint8Array(16).fill(9);
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (given: Uint8Array) => new TextDecoder().decode(given);

let reader: ReaderSession;
let server: ServingSession;
beforeEach(() => {
  [reader, server] = [new ReaderSession(id, key(1), key(2)), new ServingSession(key(1), key(2))];
});

test("whatever is asked and replied comes as it was", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array(),
      fc.uint8Array({ maxLength: 5_000 }),
      fc.boolean(),
      async (asks, says, refused) => {
        const asked = await reader.request("read", asks);
        const heard = await server.request("read", asked.frame);
        const reply = await reader.reply(asked, await server.reply(heard, says, refused));
        expect(Uint8Array.from(heard.body)).toEqual(asks);
        expect({ ...reply, body: Uint8Array.from(reply.body) }).toEqual({ refused, body: says });
      },
    ),
    { numRuns: 50 },
  );
});

test("a bit that is changed anywhere breaks the seal, of a request and of a reply", async () => {
  const asked = await reader.request("read", bytes("what"));
  const heard = await server.request("read", asked.frame);
  const frame = await server.reply(heard, bytes("this"));
  const flipped = (given: Uint8Array, at: number) =>
    given.map((byte, index) => (index === at >> 3 ? byte ^ (1 << (at & 7)) : byte));
  // The session's name is not looked at here: another name finds another session, or none. It is bound all the same.
  for (let at = 0; at < asked.frame.length * 8; at++) {
    await expect(server.request("read", flipped(asked.frame, at))).rejects.toThrow(SealBrokenError);
  }
  for (let at = 0; at < frame.length * 8; at++) {
    await expect(reader.reply(asked, flipped(frame, at))).rejects.toThrow(SealBrokenError);
  }
});

test("a reply belongs to one request: not to another, nor to the same one asked again", async () => {
  const [one, other] = [await reader.request("read", bytes("one")), await reader.request("read", bytes("one"))];
  const reply = await server.reply(await server.request("read", one.frame), bytes("1"));

  await expect(reader.reply(other, reply)).rejects.toThrow(SealBrokenError);
  expect(text((await reader.reply(one, reply)).body)).toBe("1");
});

test("a request that is replayed is answered under another nonce, and its reply is the reply to the same", async () => {
  const asked = await reader.request("read", bytes("what"));
  const replies = [];
  for (let time = 0; time < 2; time++) {
    replies.push(await server.reply(await server.request("read", asked.frame), bytes("this")));
  }
  expect(replies.map((frame) => [...frame.subarray(0, 12)])).toEqual([
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
  ]);
});

test("a request to one endpoint is none to another, and none of the server's own words is a request", async () => {
  const asked = await reader.request("read", bytes("what"));
  await expect(server.request("list", asked.frame)).rejects.toThrow(SealBrokenError);
  const reply = await server.reply(await server.request("read", asked.frame), bytes("this"));
  await expect(server.request("read", reply)).rejects.toThrow(SealBrokenError);
  await expect(reader.reply(asked, asked.frame)).rejects.toThrow(SealBrokenError);
});

test("another session's keys, or none any more, open and seal nothing", async () => {
  const asked = await reader.request("read", bytes("what"));
  const heard = await server.request("read", asked.frame);
  await expect(new ServingSession(key(3), key(4)).request("read", asked.frame)).rejects.toThrow(SealBrokenError);
  server.end();
  expect(() => server.reply(heard, bytes("this"))).toThrow("forgotten");
  reader.end();
  await expect(reader.request("read", bytes("more"))).rejects.toThrow("forgotten");
});

test("the keys are overwritten at the end", () => {
  const keys = [key(5), key(6)] as const;
  new ServingSession(...keys).end();
  expect(keys.map((each) => each.every((byte) => byte === 0))).toEqual([true, true]);
});
