import { files } from "@natster/contracts/files";
import { silentLog } from "@natster/micro";
import { expect, test, vi } from "vitest";
import type { OpenedSession, Sessions } from "./sessions.ts";
import { underSeal } from "./under-seal.ts";
import { UnderWay } from "./under-way.ts";

test("nothing is said in a session that ended while the answer was made, and who waits to be told is told so", async () => {
  const end = new AbortController();
  const reply = vi.fn<() => Promise<Uint8Array>>();
  const session = {
    session: { request: async () => ({ body: new TextEncoder().encode("{}") }), reply },
    ended: end.signal,
  } as unknown as OpenedSession;
  const sessions = { find: () => session, used: () => {}, underWay: new UnderWay() } as unknown as Sessions;
  const told = vi.fn<(frame?: Uint8Array) => void>();
  const list = underSeal(files.endpoints.list, sessions, silentLog(), ({ onAnswer }) => {
    onAnswer(told);
    end.abort();
    return { folders: [], entries: [], revision: 1 };
  });

  await expect(list({ request: new Uint8Array() })).rejects.toMatchObject({ reason: "session_unknown" });
  expect(reply).not.toHaveBeenCalled();
  expect(told.mock.calls).toEqual([[undefined]]);
});
