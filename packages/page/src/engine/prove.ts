/**
 * Proves to nats-server who connects. The library wants the proof at once, and a key that cannot be read signs only in
 * its own time: so the socket is handed over when its challenge has come and the answer is ready.
 */
import type { ConnectionOptions } from "@nats-io/nats-core";
import { base64urlnopad } from "@scure/base";

/** Signs a challenge. */
export type Sign = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** The two options with which a connection proves itself; each connection has its own. */
export function proofs({ jwt, user, sign }: { jwt: string; user: string; sign: Sign }) {
  const signatures = new Map<string, string>();

  const wsFactory = async (url: string) => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    const first = await firstMessage(socket);
    const nonce = nonceIn(first);
    if (nonce !== undefined) {
      signatures.clear();
      signatures.set(nonce, base64urlnopad.encode(await sign(new TextEncoder().encode(nonce))));
    }
    // The library sets its handlers when it has the socket, and then wants to see the challenge itself.
    setTimeout(() => socket.dispatchEvent(new MessageEvent("message", { data: first })));
    return { socket, encrypted: url.startsWith("wss:") };
  };

  return {
    authenticator: (nonce?: string) => ({ jwt, nkey: user, sig: signatures.get(nonce ?? "") ?? "" }),
    wsFactory,
  } satisfies Partial<ConnectionOptions> & { wsFactory: unknown };
}

function firstMessage(socket: WebSocket): Promise<ArrayBuffer> {
  const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>();
  const heard = ({ data }: MessageEvent<ArrayBuffer>) => resolve(data);
  const failed = () => reject(new Error("nats-server is not there"));
  socket.addEventListener("message", heard, { once: true });
  socket.addEventListener("error", failed);
  socket.addEventListener("close", failed);
  return promise.finally(() => {
    socket.removeEventListener("message", heard);
    socket.removeEventListener("error", failed);
    socket.removeEventListener("close", failed);
  });
}

/** The challenge in nats-server's first words. */
export function nonceIn(info: ArrayBuffer): string | undefined {
  return /"nonce":"([^"]+)"/.exec(new TextDecoder().decode(info))?.[1];
}
