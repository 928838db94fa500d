import { setImmediate } from "node:timers/promises";
import { type Description, type FilePath, maxRange } from "@natster/contracts/files";
import { createKey } from "@natster/trust";
import { expect, test } from "vitest";
import { list } from "./list.ts";
import type { OpenedSession } from "./sessions.ts";
import { Turns } from "./turns.ts";

test("pages are made only as fast as nats-server takes them, whoever asks for how many", async () => {
  const taken = Promise.withResolvers<void>();
  const turns = new Turns({ flush: () => taken.promise }, { unsent: 4 * maxRange });
  let made = 0;
  const index = { page: () => (made++, { folders: [], entries: [], revision: 1 }) };
  const manifest = { descriptions: () => Promise.resolve(new Map<FilePath, Description>()) };
  const session = { account: createKey("account").public, ended: new AbortController().signal } as OpenedSession;
  const handler = list(index, manifest, turns);
  const asked = Array.from({ length: 20 }, async () => {
    let tell: (frame: Uint8Array) => void = () => {};
    const page = await handler({ request: {}, session, onAnswer: (told) => (tell = told) });
    tell(new Uint8Array(maxRange));
    return page;
  });

  for (let turn = 0; turn < 100; turn++) await setImmediate();
  expect(made).toBe(4);
  taken.resolve();
  await Promise.all(asked);
  expect(made).toBe(20);
});
