/** Refusals where there is no response object: on a bare socket. */
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { strictHeaders } from "./headers.ts";

/** Writes a whole answer with a sentence in plain text, and closes. */
export function refuse(socket: Duplex, status: number, text: string): void {
  const headers = {
    ...strictHeaders,
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(text) + 1),
    "Cache-Control": "no-store",
    Connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable) socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${text}\n`);
  finish(socket);
}

/** Closes a socket once all that was written to it is sent, or soon where the other end does not read. */
export function finish(socket: Duplex): void {
  const impatience = setTimeout(() => socket.destroy(), 2_000);
  socket.once("close", () => clearTimeout(impatience));
  if (socket.writable) socket.end(() => socket.destroy());
  else if (socket.writableFinished || socket.destroyed) socket.destroy();
}
