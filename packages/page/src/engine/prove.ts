/**
 * Proves to nats-server who connects. The library wants the proof at once, and a key that cannot be read signs only in
 * its own time: so the socket is handed over when its challenge has come and the answer is ready.
 */
import { base64urlnopad } from "@scure/base";
import type { Login } from "./nats.ts";

/** Milliseconds; less than the 20 s in which the library gives a dial up and would close a socket that it does not have. */
const greetsWithin = 5_000;

/** Signs a challenge. */
export type Sign = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** With what a connection proves itself; each has its own. */
export function proofs({ jwt, user, sign }: { jwt: string; user: string; sign: Sign }) {
  const signatures = new Map<string, string>();
  let current: WebSocket | undefined;

  const wsFactory = async (url: string) => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    current = socket;
    const answering = readyToAnswer(socket).catch(() => undefined);
    // The library sets its handlers when it has the socket, and then wants to see for itself what came of it: the
    // challenge, or an error. It waits for good where it is given no socket, or one that says nothing any more, and for 20 s
    // where it first hears of an end: so until it is told, it hears nothing.
    const told = new AbortController();
    for (const end of ["error", "close"]) {
      socket.addEventListener(end, (event) => event.stopImmediatePropagation(), { signal: told.signal });
    }
    const challenge = await answering;
    setTimeout(() => {
      told.abort();
      const failed = challenge === undefined || socket.readyState !== WebSocket.OPEN;
      socket.dispatchEvent(failed ? new Event("error") : new MessageEvent("message", { data: challenge }));
      if (failed) socket.close();
    });
    return { socket, encrypted: url.startsWith("wss:") };
  };

  const readyToAnswer = async (socket: WebSocket): Promise<ArrayBuffer> => {
    const first = await firstMessage(socket);
    const nonce = nonceIn(first);
    if (nonce !== undefined) {
      signatures.clear();
      signatures.set(nonce, base64urlnopad.encode(await sign(new TextEncoder().encode(nonce))));
    }
    return first;
  };

  return {
    authenticator: (nonce?: string) => ({ jwt, nkey: user, sig: signatures.get(nonce ?? "") ?? "" }),
    wsFactory,
    leave: () => void current?.dispatchEvent(new CloseEvent("close")),
  } satisfies Login["proofs"];
}

function firstMessage(socket: WebSocket): Promise<ArrayBuffer> {
  const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>();
  const over = new AbortController();
  const { signal } = over;
  const failed = () => reject(new Error("nats-server is not there"));
  const impatience = setTimeout(failed, greetsWithin);
  socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => resolve(data), { signal });
  socket.addEventListener("error", failed, { signal });
  socket.addEventListener("close", failed, { signal });
  return promise.finally(() => {
    clearTimeout(impatience);
    over.abort();
  });
}

/** The challenge in nats-server's first words. */
export function nonceIn(info: ArrayBuffer): string | undefined {
  return /"nonce":"([^"]+)"/.exec(new TextDecoder().decode(info))?.[1];
}
