/**
 * Lets whoever runs a process ask this one instance how it is: what its health endpoint says, on a Unix socket beside
 * it. A service may say nothing by itself on the platform's subjects, so a second connection of its own could not ask.
 */
import { rm } from "node:fs/promises";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { json } from "node:stream/consumers";
import { Health } from "./health.ts";

/** Answers each connection with what `health` says, and closes it; a socket that was left behind is replaced. */
export async function answerProbes(path: string, health: () => Promise<Health>): Promise<AsyncDisposable> {
  await rm(path, { force: true });
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    health().then(
      (answer) => socket.end(JSON.stringify(answer)),
      () => socket.destroy(),
    );
  });
  server.listen(path);
  await once(server, "listening");
  return {
    async [Symbol.asyncDispose]() {
      server.close();
      await rm(path, { force: true });
    },
  };
}

/** Asks the instance behind a socket. Rejects where nobody answers, or nothing that makes sense, within this time. */
export async function probe(path: string, milliseconds = 4_000): Promise<Health> {
  const socket = connect(path);
  socket.setTimeout(milliseconds, () => socket.destroy(new Error(`no answer within ${milliseconds} ms`)));
  return Health.parse(await json(socket));
}
